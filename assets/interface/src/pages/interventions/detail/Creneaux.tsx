//! Who does it when; a refusal says with what it collides and offers free slots.

import { Alert, Anchor, Button, Group, NumberInput, Stack, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { useRebook } from '@/pages/calendrier/frise/placer';
import { Section } from '@/ui/Section';
import { TechnicienSelect } from '@/ui/RemoteSelect';
import { Word } from '@/ui/badges';
import { Instant, Period, useZone } from '@/ui/format';
import { MomentInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { useSave } from '@/ui/save';
import { toInstant } from '@/ui/zones';
import { detailKey } from './Detail';

type Intervention = Schemas['InterventionDetail'];
type Slot = { technicien_id: number; debut: string; fin: string };
type Conflict = { intervention_id: number | null; numero: string | null; debut: string; fin: string };

export function Creneaux({ intervention, canPlan }: { intervention: Intervention; canPlan: boolean }) {
  const { t } = useTranslation('intervention');
  const queries = useQueryClient();
  const zone = useZone(intervention.site_id);
  const { id, version, site_id: siteId } = intervention;
  const kept = intervention.affectations.filter((slot) => !slot.liberee);
  const [technicien, setTechnicien] = useState<number | null>(intervention.technicien_id ?? null);
  const [start, setStart] = useState<string | null>(null);
  const [minutes, setMinutes] = useState<number>(intervention.duree_estimee_min ?? 60);
  const [tried, setTried] = useState<Slot[] | null>(null);
  // A refusal is about the slot that was asked for, and says nothing about another.
  useEffect(() => setTried(null), [technicien, start, minutes]);

  const book = useSave(async (slots: Slot[], forced: boolean) => {
    setTried(slots);
    const body = { affectations: slots, forcer_horaire: forced };
    const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
    const after = await ok(api.PUT('/api/v1/interventions/{id}/affectations', { params, body }));
    queries.setQueryData(detailKey(id), after);
    await queries.invalidateQueries({ queryKey: ['interventions'] });
    setStart(null);
    setTried(null);
  }, undefined, { explained: ['chevauchement', 'hors_horaire', 'non_qualifie'] });
  const others = kept.map(({ technicien_id, debut, fin }) => ({ technicien_id, debut, fin }));
  const rebook = useRebook();
  const remove = useSave((slot: Slot) => rebook({
    id, version, before: others, forced: false, told: t('creneau_retire'),
    wanted: others.filter((other) => other.debut !== slot.debut || other.technicien_id !== slot.technicien_id),
  }));
  const suggestions = useQuery({
    queryKey: ['interventions', id, 'suggestions'],
    queryFn: () => ok(api.GET('/api/v1/planning/suggestions', { params: { query: { intervention_id: id } } })),
    enabled: canPlan,
    staleTime: 0,
  });
  const slot = (): Slot | null => {
    if (technicien === null || !start || isUnread(start)) return null;
    const debut = toInstant(start, zone);
    return { technicien_id: technicien, debut, fin: new Date(Date.parse(debut) + minutes * 60_000).toISOString() };
  };
  const conflicts = (book.problem?.body.conflits ?? []) as Conflict[];

  return (
    <Section title={t('creneaux')}>
      {kept.length === 0 ? <Text c="dimmed">{t('aucun_creneau')}</Text> : (
        <Table>
          <Table.Tbody>
            {kept.map((slot) => (
              <Table.Tr key={slot.id}>
                <Table.Td>{slot.technicien_nom} {slot.role === 'renfort' && <Word color="blue">{t('renfort')}</Word>}</Table.Td>
                <Table.Td><Period debut={slot.debut} fin={slot.fin} siteId={siteId} /></Table.Td>
                <Table.Td ta="end">
                  {canPlan && intervention.statut === 'planifie' && (
                    <Button variant="subtle" size="compact-md" loading={remove.busy} onClick={() => void remove.run(slot)}>{t('retirer')}</Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {canPlan && (
        <Stack gap="sm" className="no-print">
          <Group align="start" gap="sm">
            <TechnicienSelect label={t('technicien')} value={technicien} onChange={setTechnicien} w={{ base: '100%', sm: 260 }} />
            <MomentInput label={t('debut_creneau')} value={start} onChange={setStart} w={{ base: '100%', sm: 280 }} />
            <NumberInput label={t('minutes')} value={minutes} min={5} max={1440} step={15} onChange={(value) => setMinutes(Number(value) || 60)} w={130} />
            <Button
              mt={{ sm: 25 }}
              loading={book.busy}
              disabled={technicien === null || !start || isUnread(start)}
              onClick={() => {
                const wanted = slot();
                if (wanted) void book.run([...others, wanted], false);
              }}
            >
              {t('planifier')}
            </Button>
          </Group>
          {book.problem && tried && (
            <Alert color="red" role="alert" title={book.problem.message}>
              {conflicts.map((conflict) => (
                <Text key={conflict.debut}>
                  {conflict.intervention_id
                    ? <Anchor component={Link} href={`/interventions/${conflict.intervention_id}`}>{conflict.numero}</Anchor>
                    : t('absence')}{' '}
                  <Period debut={conflict.debut} fin={conflict.fin} siteId={siteId} />
                </Text>
              ))}
              {book.problem.code === 'hors_horaire' && (
                <Button mt="sm" variant="light" color="red" onClick={() => void book.run(tried, true)}>{t('forcer')}</Button>
              )}
            </Alert>
          )}
          {(suggestions.data?.items ?? []).length > 0 && (
            <Group gap="xs">
              <Text size="sm" c="dimmed">{t('suggestions')}</Text>
              {suggestions.data!.items.slice(0, 4).map((free) => (
                <Button key={`${free.technicien_id}-${free.debut}`} size="sm" variant="default" onClick={() => void book.run([...others, { technicien_id: free.technicien_id, debut: free.debut, fin: free.fin }], false)}>
                  <span>{free.technicien_nom} · <Instant value={free.debut} siteId={siteId} /></span>
                </Button>
              ))}
            </Group>
          )}
        </Stack>
      )}
    </Section>
  );
}
