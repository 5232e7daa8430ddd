//! Writing a preventive plan, new or changed, with its dates and the reason for each before it is saved.

import { Alert, Button, Group, NumberInput, Select, SimpleGrid, Stack, Table, Text, TextInput, Textarea } from '@mantine/core';
import { DatePickerInput, TimeInput } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ifMatch, ok, once } from '@/api/client';
import { Problem } from '@/api/problem';
import { told } from '@/api/refusals';
import { GammeSelect } from '@/pages/interventions/nouvelle/choix';
import { PageHead } from '@/ui/PageHead';
import { EquipementSelect, TechnicienSelect } from '@/ui/RemoteSelect';
import { Section } from '@/ui/Section';
import { useDraft } from '@/ui/draft';
import { day } from '@/ui/format';
import { useSave } from '@/ui/save';

const PRIORITES: Schemas['Priorite'][] = ['basse', 'normale', 'haute', 'urgente'];
const FREQUENCES: Schemas['Frequence'][] = ['journalier', 'hebdomadaire', 'mensuel', 'trimestriel', 'semestriel', 'annuel'];

export type Written = {
  titre: string; description: string; equipement_id: number | null; frequence: Schemas['Frequence']; intervalle: number;
  date_debut: string | null; date_fin: string | null; mode: Schemas['ModePlanning']; priorite: Schemas['Priorite'];
  tolerance_jours: number; anticipation_jours: number; duree_estimee_min: number | ''; technicien_id: number | null; gamme_id: string | null;
  heure_debut: string; rattrapage: Schemas['Rattrapage']; feries: Schemas['Sens']; week_ends: Schemas['Sens'];
};

export const BLANK: Written = {
  titre: '', description: '', equipement_id: null, frequence: 'mensuel', intervalle: 1, date_debut: null, date_fin: null, mode: 'calendaire', priorite: 'normale',
  tolerance_jours: 0, anticipation_jours: 7, duree_estimee_min: 60, technicien_id: null, gamme_id: null, heure_debut: '', rattrapage: 'derniere', feries: 'apres', week_ends: 'apres',
};

const written = (plan: Schemas['PlanningDetail']): Written => ({
  ...plan, description: plan.description ?? '', date_fin: plan.date_fin ?? null, duree_estimee_min: plan.duree_estimee_min ?? '', technicien_id: plan.technicien_id ?? null,
  gamme_id: plan.gamme_id == null ? null : String(plan.gamme_id), heure_debut: plan.heure_debut ?? '', ...plan.report,
});

const body = ({ feries, week_ends, titre, description, equipement_id, date_debut, duree_estimee_min, gamme_id, heure_debut, ...rest }: Written) => {
  const { frequence, intervalle, date_fin, mode, priorite, tolerance_jours, anticipation_jours, technicien_id, rattrapage } = rest;
  return {
    frequence, intervalle, date_fin, mode, priorite, tolerance_jours, anticipation_jours, technicien_id, rattrapage,
    titre: titre.trim() || '…', description: description.trim() || null, equipement_id: equipement_id!, date_debut: date_debut!,
    duree_estimee_min: duree_estimee_min === '' ? null : duree_estimee_min, gamme_id: gamme_id === null ? null : Number(gamme_id), heure_debut: heure_debut || null, report: { feries, week_ends },
  } satisfies Schemas['NewPlanning'];
};

export function Formulaire({ plan }: { plan?: Schemas['PlanningDetail'] }) {
  const { t } = useTranslation('planning');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  useTranslation('champs'); // what fields are called
  const [, go] = useLocation();
  const queries = useQueryClient();
  const header = useMemo(once, []);
  const form = useForm<Written>({
    initialValues: plan ? written(plan) : BLANK,
    validate: {
      titre: (value) => (value.trim() ? null : t('requis')),
      equipement_id: (value) => (value ? null : t('requis')),
      date_debut: (value) => (value ? null : t('requis')),
    },
  });
  const draft = useDraft(form, plan ? `/planning/${plan.id} ${plan.version}` : '/planning/nouveau');
  const [values] = useDebouncedValue(form.values, 400);
  const preview = useQuery({
    queryKey: ['planning', 'apercu', values],
    queryFn: () => ok(api.POST('/api/v1/planning/apercu', { body: body(values) })),
    enabled: values.equipement_id !== null && values.date_debut !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const save = useSave(async (values: Written) => {
    const { id } = plan
      ? await ok(api.PATCH('/api/v1/planning/{id}', { params: { path: { id: plan.id }, header: ifMatch(plan.version) }, body: body(values) }))
      : await ok(api.POST('/api/v1/planning/', { params: { header: header as object }, body: body(values) }));
    await draft.drop();
    await Promise.all([queries.invalidateQueries({ queryKey: ['planning'] }), queries.invalidateQueries({ queryKey: ['calendrier'] })]);
    go(`/planning/${id}`);
  }, form);
  // What the dates that were made follow from stands: the server would refuse it.
  const isFixed = plan !== undefined && plan.prochain_k > 0;
  const ways = (['aucun', 'avant', 'apres'] as const).map((value) => ({ value, label: word(`report.${value}`) }));
  return (
    <Stack>
      <PageHead title={plan?.titre ?? t('nouveau')} up={plan ? { href: `/planning/${plan.id}`, text: t('plan') } : { href: '/planning', text: t('titre') }} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <form onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
          <Stack>
            <TextInput label={t('plan')} required maxLength={200} {...form.getInputProps('titre')} />
            <EquipementSelect label={t('machine')} required value={form.values.equipement_id} onChange={(id) => form.setFieldValue('equipement_id', id)} error={form.errors.equipement_id} />
            <Textarea label={t('description')} minRows={2} {...form.getInputProps('description')} />
            {isFixed && <Alert color="blue">{t('fixe')}</Alert>}
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select label={t('frequence')} allowDeselect={false} data={FREQUENCES.map((value) => ({ value, label: word(`frequence.${value}`) }))} disabled={isFixed} {...form.getInputProps('frequence')} />
              <NumberInput label={t('intervalle')} min={1} max={999} disabled={isFixed} {...form.getInputProps('intervalle')} />
              <DatePickerInput label={t('debut')} required size="md" valueFormat="DD/MM/YYYY" disabled={isFixed} {...form.getInputProps('date_debut')} />
              <DatePickerInput label={t('fin')} clearable size="md" valueFormat="DD/MM/YYYY" {...form.getInputProps('date_fin')} />
              <Select label={t('mode')} allowDeselect={false} data={(['calendaire', 'glissant'] as const).map((value) => ({ value, label: word(`mode_planning.${value}`) }))} disabled={isFixed} {...form.getInputProps('mode')} />
              <NumberInput label={t('tolerance')} min={0} max={366} {...form.getInputProps('tolerance_jours')} />
              <NumberInput label={t('anticipation')} min={0} max={366} {...form.getInputProps('anticipation_jours')} />
              <NumberInput label={t('duree_min')} min={1} {...form.getInputProps('duree_estimee_min')} />
              <Select label={t('feries')} allowDeselect={false} data={ways} {...form.getInputProps('feries')} />
              <Select label={t('week_ends')} allowDeselect={false} data={ways} {...form.getInputProps('week_ends')} />
            </SimpleGrid>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select label={t('priorite')} allowDeselect={false} data={PRIORITES.map((value) => ({ value, label: word(`priorite.${value}`) }))} {...form.getInputProps('priorite')} />
              <Select label={t('rattrapage')} allowDeselect={false} data={(['derniere', 'toutes', 'aucune'] as const).map((value) => ({ value, label: word(`rattrapage.${value}`) }))} {...form.getInputProps('rattrapage')} />
              <TimeInput size="md" label={t('heure')} {...form.getInputProps('heure_debut')} />
              <GammeSelect label={t('gamme')} {...form.getInputProps('gamme_id')} />
            </SimpleGrid>
            <TechnicienSelect label={t('technicien')} clearable value={form.values.technicien_id} onChange={(id) => form.setFieldValue('technicien_id', id)} />
            <Group justify="end"><Button type="submit" size="lg" loading={save.busy}>{common('enregistrer')}</Button></Group>
          </Stack>
        </form>
        <Section title={t('apercu')}>
          {preview.error && <Alert color="orange">{preview.error instanceof Problem && preview.error.errors.length > 0 ? told(preview.error.errors) : preview.error.message}</Alert>}
          {!preview.data && !preview.error && <Text c="dimmed">{t('apercu_vide')}</Text>}
          <Table>
            <Table.Tbody>
              {preview.data?.echeances.slice(0, 24).map((due) => (
                <Table.Tr key={due.k}><Table.Td className="tabular" w={140}>{day(due.date)}</Table.Td><Table.Td><Text size="sm" c="dimmed">{due.explication}</Text></Table.Td></Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Section>
      </SimpleGrid>
    </Stack>
  );
}
