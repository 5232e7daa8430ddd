//! Time spent: a timer, entries by hand, and what they add up to.

import { Button, Group, NumberInput, Stack, Table, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, once } from '@/api/client';
import { useMe } from '@/session/session';
import { Section } from '@/ui/Section';
import { Word } from '@/ui/badges';
import { TechnicienSelect } from '@/ui/RemoteSelect';
import { Instant, duration, money, useZone } from '@/ui/format';
import { MomentInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { useSave } from '@/ui/save';
import { toInstant } from '@/ui/zones';

export function Temps({ intervention, canEnter }: { intervention: Schemas['InterventionDetail']; canEnter: boolean }) {
  const { t } = useTranslation('intervention');
  const { t: word } = useTranslation('valeurs');
  const queries = useQueryClient();
  const me = useMe();
  const zone = useZone(intervention.site_id);
  const { id, site_id: siteId } = intervention;
  const { data } = useQuery({
    queryKey: ['interventions', id, 'temps'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/temps', { params: { path: { id }, query: { page_size: 100 } } })),
  });
  const reread = () => queries.invalidateQueries({ queryKey: ['interventions'] });
  const start = useSave(async () => {
    await ok(api.POST('/api/v1/interventions/{id}/temps/demarrer', { params: { path: { id }, header: once() as object }, body: { arreter_en_cours: true } }));
    await reread();
  });
  const stop = useSave(async (entry: number) => {
    await ok(api.POST('/api/v1/temps/{id}/arreter', { params: { path: { id: entry } }, body: {} }));
    await reread();
  });
  const [from, setFrom] = useState<string | null>(null);
  const [minutes, setMinutes] = useState(30);
  const [technicien, setTechnicien] = useState<number | null>(me.technicien_id ?? intervention.technicien_id ?? null);
  const enter = useSave(async () => {
    const debut = toInstant(from!, zone);
    const fin = new Date(Date.parse(debut) + minutes * 60_000).toISOString();
    const body = { debut, fin, ...(!me.technicien_id && { technicien_id: technicien }) };
    await ok(api.POST('/api/v1/interventions/{id}/temps', { params: { path: { id }, header: once() as object }, body }));
    setFrom(null);
    await reread();
  });
  const entries = data?.items ?? [];
  const mine = entries.find((entry) => entry.en_cours && entry.technicien_id === me.technicien_id);
  return (
    <Section
      title={t('temps')}
      actions={me.technicien_id && canEnter && intervention.statut !== 'planifie' && (mine
        ? <Button color="red.8" leftSection={<IconPlayerStop size={20} />} loading={stop.busy} onClick={() => void stop.run(mine.id)}>{t('arreter')}</Button>
        : <Button leftSection={<IconPlayerPlay size={20} />} loading={start.busy} onClick={() => void start.run()}>{t('demarrer')}</Button>)}
    >
      {data && <Text>{t('resume_temps', { ecoule: duration(data.resume.ecoule_min), homme: duration(data.resume.homme_min) })}</Text>}
      {entries.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Tbody>
              {entries.map((entry) => (
                <Table.Tr key={entry.id}>
                  <Table.Td>{entry.technicien_nom}</Table.Td>
                  <Table.Td><Instant value={entry.debut} siteId={siteId} /></Table.Td>
                  <Table.Td>{entry.en_cours ? <Word color="teal">{t('en_cours')}</Word> : duration(entry.minutes)} {entry.a_verifier && <Word color="orange">{t('a_verifier')}</Word>}</Table.Td>
                  <Table.Td>{word(`nature_temps.${entry.nature}`)}</Table.Td>
                  {entry.cout != null && <Table.Td ta="end" className="tabular">{money(entry.cout)}</Table.Td>}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {canEnter && (
        <Stack className="no-print">
          <Group align="start" gap="sm">
            {!me.technicien_id && <TechnicienSelect label={t('technicien')} value={technicien} onChange={setTechnicien} w={{ base: '100%', sm: 260 }} />}
            <MomentInput label={t('debut_temps')} value={from} onChange={setFrom} w={{ base: '100%', sm: 280 }} />
            <NumberInput label={t('minutes')} value={minutes} min={1} max={1440} onChange={(value) => setMinutes(Number(value) || 1)} w={130} />
            <Button mt={{ sm: 25 }} variant="light" disabled={!from || isUnread(from) || (!me.technicien_id && technicien === null)} loading={enter.busy} onClick={() => void enter.run()}>{t('saisir')}</Button>
          </Group>
        </Stack>
      )}
    </Section>
  );
}
