//! When somebody is away: whole days, or from one hour to another.

import { Alert, Anchor, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { Section } from '@/ui/Section';
import { confirm } from '@/ui/confirm';
import { day, span, told, usePlantZone } from '@/ui/format';
import { DayInput, MomentInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { useSave } from '@/ui/save';
import { toInstant, wholeDays } from '@/ui/zones';

type Conflict = { intervention_id: number; numero: string; debut: string; fin: string };

const NONE = { debut: null as string | null, fin: null as string | null, motif: '' };

export function Absences({ technicien, fuseau }: { technicien: number; fuseau?: string | null }) {
  const { t } = useTranslation('techniciens');
  const queries = useQueryClient();
  const path = { id: technicien };
  const plant = usePlantZone();
  // Of where they work.
  const zone = fuseau ?? plant;
  const { data } = useQuery({
    queryKey: ['techniciens', technicien, 'absences'],
    queryFn: () => ok(api.GET('/api/v1/techniciens/{id}/absences', { params: { path, query: { page_size: 50 } } })),
  });
  const [away, setAway] = useState(NONE);
  const [withHours, setWithHours] = useState(false);
  const reread = () => Promise.all([queries.invalidateQueries({ queryKey: ['techniciens'] }), queries.invalidateQueries({ queryKey: ['calendrier'] })]);
  const add = useSave(async () => {
    // A civil day counts to its end; the server knows whose.
    const moment = (value: string) => (withHours ? toInstant(value, zone) : value);
    const body = { debut: moment(away.debut!), fin: moment(away.fin!), motif: away.motif.trim() || null };
    // A day or an instant, which the generated types make of both at once.
    await ok(api.POST('/api/v1/techniciens/{id}/absences', { params: { path }, body: body as unknown as Schemas['NewAbsence'] }));
    setAway(NONE);
    await reread();
  }, undefined, { labels: { debut: t('debut'), fin: t('fin'), motif: t('motif') }, explained: ['chevauchement'] });
  // A refusal is about the days that were asked for.
  const [isAbout, setIsAbout] = useState(false);
  useEffect(() => setIsAbout(false), [away.debut, away.fin, technicien]);
  useEffect(() => setIsAbout(add.problem?.code === 'chevauchement'), [add.problem]);
  const conflicts = isAbout ? ((add.problem?.body.conflits ?? []) as Conflict[]) : [];
  const remove = useSave(async (aid: number) => {
    await ok(api.DELETE('/api/v1/techniciens/{id}/absences/{aid}', { params: { path: { id: technicien, aid } } }));
    await reread();
  });
  const when = ({ debut, fin }: Schemas['Absence']) => {
    const whole = wholeDays(debut, fin, zone);
    if (!whole) return `${told(debut, zone)} – ${told(fin, zone)}`;
    return whole[0] === whole[1] ? day(whole[0]) : `${day(whole[0])} – ${day(whole[1])}`;
  };
  const Input = withHours ? MomentInput : DayInput;
  const isReady = away.debut && away.fin && !isUnread(away.debut) && !isUnread(away.fin);
  return (
    <Section title={t('absences')}>
      {data?.items.length === 0 && <Text c="dimmed">{t('aucune_absence')}</Text>}
      {data?.items.map((absence) => (
        <Group key={absence.id} justify="space-between">
          <Text><span title={zone} className="tabular">{when(absence)}</span> {absence.motif}</Text>
          <Button size="compact-md" variant="subtle" color="red" onClick={async () => {
            if (await confirm({ title: t('retirer'), text: t('retirer_texte'), action: t('retirer') })) void remove.run(absence.id);
          }}>{t('retirer')}</Button>
        </Group>
      ))}
      <Stack gap="sm">
        <Switch size="md" label={t('heures_precises')} checked={withHours} onChange={({ currentTarget }) => {
          setWithHours(currentTarget.checked);
          setAway({ ...away, debut: null, fin: null });
        }} />
        <Group align="start" gap="sm">
          <Input label={t('debut')} value={away.debut} w={{ base: '100%', sm: withHours ? 270 : 170 }} onChange={(debut) => setAway((away) => ({ ...away, debut }))} />
          <Input label={t('fin')} value={away.fin} {...(!withHours && { description: t('fin_incluse') })} w={{ base: '100%', sm: withHours ? 270 : 170 }} onChange={(fin) => setAway((away) => ({ ...away, fin }))} />
          <TextInput label={t('motif')} value={away.motif} onChange={({ currentTarget: { value: motif } }) => setAway((away) => ({ ...away, motif }))} />
          <Button mt={{ sm: 25 }} disabled={!isReady} loading={add.busy} onClick={() => void add.run()}>{t('ajouter')}</Button>
        </Group>
        {conflicts.length > 0 && (
          <Alert color="red" role="alert" title={add.problem!.message}>
            {conflicts.map(({ intervention_id, numero, debut, fin }) => (
              <Text key={`${intervention_id} ${debut}`}>
                <Anchor component={Link} href={`/interventions/${intervention_id}`} underline="always" c="inherit">{numero}</Anchor> {span(debut, fin, zone)}
              </Text>
            ))}
          </Alert>
        )}
      </Stack>
    </Section>
  );
}
