import { Alert, Button, Checkbox, Group, NumberInput, Select, SimpleGrid, Stack, TextInput, Textarea } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import { type Schemas, api, ok, once } from '@/api/client';
import { useDraft } from '@/hors_ligne/draft';
import { PageHead } from '@/ui/PageHead';
import { EquipementSelect, TechnicienSelect } from '@/ui/RemoteSelect';
import { useSave } from '@/ui/save';

const TYPES: Schemas['TypeIntervention'][] = ['corrective', 'preventive', 'ameliorative', 'diagnostic'];
const PRIORITES: Schemas['Priorite'][] = ['basse', 'normale', 'haute', 'urgente'];

export default function Nouvelle() {
  const { t } = useTranslation('interventions');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const [, go] = useLocation();
  const search = new URLSearchParams(useSearch());
  const asked = Number(search.get('equipement_id')) || null;
  // One key for one form: sent twice by an impatient thumb, it creates once.
  const header = useMemo(once, []);
  const form = useForm({
    initialValues: {
      titre: '', description: '', type_intervention: 'corrective' as Schemas['TypeIntervention'], priorite: 'normale' as Schemas['Priorite'],
      equipement_id: asked, date_limite: null as string | null, duree_estimee_min: '' as number | '', arret_equipement: false,
      technicien_id: null as number | null, gamme_id: null as string | null, symptome: '',
    },
    validate: {
      titre: (value) => (value.trim() ? null : t('requis')),
      equipement_id: (value) => (value ? null : t('requis')),
    },
  });
  const draft = useDraft('interventions/nouvelle', form, !asked);
  const gammes = useQuery({
    queryKey: ['gammes', 'publiees'],
    queryFn: async () => (await ok(api.GET('/api/v1/gammes/', { params: { query: { statut: ['active'], page_size: 200 } } }))).items,
  });
  const create = useSave(async (values: typeof form.values) => {
    const body = {
      titre: values.titre.trim(),
      type_intervention: values.type_intervention,
      priorite: values.priorite,
      equipement_id: values.equipement_id!,
      description: values.description.trim() || null,
      symptome: values.symptome.trim() || null,
      date_limite: values.date_limite,
      duree_estimee_min: values.duree_estimee_min === '' ? null : values.duree_estimee_min,
      arret_equipement: values.arret_equipement,
      technicien_id: values.technicien_id,
      gamme_id: values.gamme_id === null ? null : Number(values.gamme_id),
    };
    const made = await ok(api.POST('/api/v1/interventions/', { params: { header: header as object }, body }));
    await draft.drop();
    go(`/interventions/${made.id}`);
  }, form);
  const choices = <T extends string>(values: T[], name: (value: T) => string) => values.map((value) => ({ value, label: name(value) }));
  return (
    <Stack maw={760}>
      <PageHead title={t('nouvelle')} up={{ href: '/interventions', text: t('titre') }} />
      {create.problem?.status === 409 && <Alert color="red" role="alert">{create.problem.message}</Alert>}
      <form onSubmit={form.onSubmit((values) => void create.run(values))} noValidate>
        <Stack>
          <EquipementSelect label={t('champ.equipement')} required value={form.values.equipement_id} onChange={(id) => form.setFieldValue('equipement_id', id)} error={form.errors.equipement_id} />
          <TextInput label={t('champ.titre')} required maxLength={200} {...form.getInputProps('titre')} />
          <Textarea label={t('champ.description')} {...form.getInputProps('description')} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select label={t('champ.type')} allowDeselect={false} data={choices(TYPES, (value) => word(`type_intervention.${value}`))} {...form.getInputProps('type_intervention')} />
            <Select label={t('champ.priorite')} allowDeselect={false} data={choices(PRIORITES, (value) => word(`priorite.${value}`))} {...form.getInputProps('priorite')} />
            <DatePickerInput label={t('champ.limite')} clearable valueFormat="DD/MM/YYYY" size="md" {...form.getInputProps('date_limite')} />
            <NumberInput label={t('champ.duree')} min={1} {...form.getInputProps('duree_estimee_min')} />
            <TechnicienSelect label={t('champ.technicien')} clearable value={form.values.technicien_id} onChange={(id) => form.setFieldValue('technicien_id', id)} error={form.errors.technicien_id} />
            <Select label={t('champ.gamme')} clearable searchable data={(gammes.data ?? []).filter((gamme) => gamme.version_publiee).map(({ id, nom }) => ({ value: String(id), label: nom }))} {...form.getInputProps('gamme_id')} />
          </SimpleGrid>
          {form.values.type_intervention === 'corrective' && <Textarea label={t('champ.symptome')} minRows={2} {...form.getInputProps('symptome')} />}
          <Checkbox size="md" label={t('champ.arret')} {...form.getInputProps('arret_equipement', { type: 'checkbox' })} />
          <Group justify="end"><Button type="submit" size="lg" loading={create.busy}>{common('enregistrer')}</Button></Group>
        </Stack>
      </form>
    </Stack>
  );
}
