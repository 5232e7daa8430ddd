//! Writing a preventive plan, with its dates and the reason for each before it is saved.

import { Alert, Button, Group, NumberInput, Select, SimpleGrid, Stack, Table, Text, TextInput, Textarea } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { EquipementSelect, TechnicienSelect } from '@/ui/RemoteSelect';
import { Section } from '@/ui/Section';
import { useDraft } from '@/ui/draft';
import { day } from '@/ui/format';
import { useSave } from '@/ui/save';

const FREQUENCES: Schemas['Frequence'][] = ['journalier', 'hebdomadaire', 'mensuel', 'trimestriel', 'semestriel', 'annuel'];

export default function Nouveau() {
  const { t } = useTranslation('planning');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const [, go] = useLocation();
  const header = useMemo(once, []);
  const form = useForm({
    initialValues: {
      titre: '', description: '', equipement_id: null as number | null, frequence: 'mensuel' as Schemas['Frequence'], intervalle: 1,
      date_debut: null as string | null, date_fin: null as string | null, mode: 'calendaire' as Schemas['ModePlanning'],
      tolerance_jours: 0, anticipation_jours: 7, duree_estimee_min: 60, technicien_id: null as number | null,
      feries: 'apres' as Schemas['Sens'], week_ends: 'apres' as Schemas['Sens'],
    },
    validate: {
      titre: (value) => (value.trim() ? null : t('requis')),
      equipement_id: (value) => (value ? null : t('requis')),
      date_debut: (value) => (value ? null : t('requis')),
    },
  });
  const draft = useDraft(form, '/planning/nouveau');
  const body = ({ feries, week_ends, titre, description, equipement_id, date_debut, ...rest }: typeof form.values) => ({
    ...rest, titre: titre.trim() || t('nouveau'), description: description.trim() || null, equipement_id: equipement_id!, date_debut: date_debut!, report: { feries, week_ends },
  });
  const [values] = useDebouncedValue(form.values, 400);
  const preview = useQuery({
    queryKey: ['planning', 'apercu', values],
    queryFn: () => ok(api.POST('/api/v1/planning/apercu', { body: body(values) })),
    enabled: values.equipement_id !== null && values.date_debut !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const create = useSave(async (values: typeof form.values) => {
    const made = await ok(api.POST('/api/v1/planning/', { params: { header: header as object }, body: body(values) }));
    await draft.drop();
    go(`/planning/${made.id}`);
  }, form);
  const ways = (['aucun', 'avant', 'apres'] as const).map((value) => ({ value, label: word(`report.${value}`) }));
  return (
    <Stack>
      <PageHead title={t('nouveau')} up={{ href: '/planning', text: t('titre') }} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <form onSubmit={form.onSubmit((values) => void create.run(values))} noValidate>
          <Stack>
            <TextInput label={t('plan')} required maxLength={200} {...form.getInputProps('titre')} />
            <EquipementSelect label={t('machine')} required value={form.values.equipement_id} onChange={(id) => form.setFieldValue('equipement_id', id)} error={form.errors.equipement_id} />
            <Textarea label={t('description')} minRows={2} {...form.getInputProps('description')} />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select label={t('frequence')} allowDeselect={false} data={FREQUENCES.map((value) => ({ value, label: word(`frequence.${value}`) }))} {...form.getInputProps('frequence')} />
              <NumberInput label={t('intervalle')} min={1} max={999} {...form.getInputProps('intervalle')} />
              <DatePickerInput label={t('debut')} required size="md" valueFormat="DD/MM/YYYY" {...form.getInputProps('date_debut')} />
              <DatePickerInput label={t('fin')} clearable size="md" valueFormat="DD/MM/YYYY" {...form.getInputProps('date_fin')} />
              <Select label={t('mode')} allowDeselect={false} data={(['calendaire', 'glissant'] as const).map((value) => ({ value, label: word(`mode_planning.${value}`) }))} {...form.getInputProps('mode')} />
              <NumberInput label={t('tolerance')} min={0} max={366} {...form.getInputProps('tolerance_jours')} />
              <NumberInput label={t('anticipation')} min={0} max={366} {...form.getInputProps('anticipation_jours')} />
              <NumberInput label={t('duree_min')} min={1} {...form.getInputProps('duree_estimee_min')} />
              <Select label={t('feries')} allowDeselect={false} data={ways} {...form.getInputProps('feries')} />
              <Select label={t('week_ends')} allowDeselect={false} data={ways} {...form.getInputProps('week_ends')} />
            </SimpleGrid>
            <TechnicienSelect label={t('technicien')} clearable value={form.values.technicien_id} onChange={(id) => form.setFieldValue('technicien_id', id)} />
            <Group justify="end"><Button type="submit" size="lg" loading={create.busy}>{common('enregistrer')}</Button></Group>
          </Stack>
        </form>
        <Section title={t('apercu')}>
          {preview.error && <Alert color="orange">{preview.error.message}</Alert>}
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
