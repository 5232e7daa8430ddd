import { Alert, Button, Card, Group, Input, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, TextInput, Textarea, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconHistory } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearch } from 'wouter';
import { api, ok, uuid } from '@/api/client';
import { Problem } from '@/api/problem';
import { useDraft } from '@/ui/draft';
import { useZone } from '@/ui/format';
import { PageHead } from '@/ui/PageHead';
import { EquipementSelect, TechnicienSelect } from '@/ui/RemoteSelect';
import { DayInput, MomentInput } from '@/ui/moment/Moment';
import { isUnread } from '@/ui/moment/typed';
import { useSave } from '@/ui/save';
import { Loading } from '@/ui/states';
import { toCivil, toDay } from '@/ui/zones';
import { tell } from '@/ui/toast';
import { PRIORITES, TYPES } from '../filtres';
import { Agenda } from './Agenda';
import { CodeSelect, Competences, GammeSelect } from './choix';
import { DejaOuvertes } from './DejaOuvertes';
import { Refus, isExplained } from './Refus';
import { type Values, blank, isFailure, toBody } from './values';

export default function Nouvelle() {
  const { t } = useTranslation('nouvelle');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const [, go] = useLocation();
  const search = useSearch();
  const queries = useQueryClient();
  const asked = Number(new URLSearchParams(search).get('equipement_id')) || null;
  const form = useForm<Values>({
    initialValues: blank(asked),
    validate: {
      titre: (value) => (value.trim() ? null : t('titre_requis')),
      equipement_id: (value) => (value === null ? t('equipement_requis') : null),
      survenue_le: (value, all) => (isFailure(all) && isUnread(value) ? common('dates.jour_illisible') : null),
      date_limite: (value) => (isUnread(value) ? common('dates.jour_illisible') : null),
      date_debut_prevue: (value) => (isUnread(value) ? common('dates.jour_illisible') : null),
      technicien_id: (value, { date_debut_prevue }) => (date_debut_prevue && value === null ? t('technicien_requis') : null),
    },
  });
  const draft = useDraft(form, search ? `/interventions/nouvelle?${search}` : '/interventions/nouvelle');
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const { values } = form;
  // A refusal is about the slot that was asked for, and says nothing about another.
  useEffect(() => setRefusal(null), [values.technicien_id, values.date_debut_prevue, values.duree_estimee_min, values.competences_requises, values.equipement_id]);
  const machine = useQuery({
    queryKey: ['equipements', values.equipement_id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}', { params: { path: { id: values.equipement_id! } } })),
    enabled: values.equipement_id !== null,
  });
  const zone = useZone(machine.data?.site_id);
  const attempt = useRef({ body: '', key: '' });

  const save = useSave(async (values: Values, force: boolean) => {
    setRefusal(null);
    const body = toBody(values, values.equipement_id!, zone, force);
    // Sent again after no answer came, it is created once all the same.
    const text = JSON.stringify(body);
    if (attempt.current.body !== text) attempt.current = { body: text, key: uuid() };
    try {
      const header = { 'Idempotency-Key': attempt.current.key };
      const made = await ok(api.POST('/api/v1/interventions/', { params: { header }, body }));
      await draft.drop();
      void queries.invalidateQueries({ queryKey: ['interventions'] });
      tell({ message: t('creee', { numero: made.numero }) });
      go(`/interventions/${made.id}`);
    } catch (error) {
      if (!(error instanceof Problem && isExplained(error))) throw error;
      setRefusal(error);
    }
  }, form);
  const submit = form.onSubmit((values) => void save.run(values, false), (errors) => {
    document.querySelector<HTMLElement>(`[data-path="${Object.keys(errors)[0]}"]`)?.focus();
  });

  if (!draft.ready) return <Loading />;
  const failed = isFailure(values);
  const field = (name: keyof Values) => ({ label: t(`champ.${name}`), ...form.getInputProps(name) });
  return (
    <form onSubmit={submit} noValidate>
      <Stack maw={1000}>
        <PageHead title={t('titre')} up={{ href: '/interventions', text: common('navigation.interventions') }} />
        {draft.restored && (
          <Alert icon={<IconHistory />} color="blue" role="status">
            <Group justify="space-between" gap="xs">
              <Text>{t('brouillon')}</Text>
              <Button variant="default" size="sm" h={44} onClick={() => void draft.drop({ again: true })}>{t('effacer_brouillon')}</Button>
            </Group>
          </Alert>
        )}
        <Card withBorder>
          <Stack>
            <Title order={2} size="h4">{t('travail')}</Title>
            <EquipementSelect {...field('equipement_id')} value={values.equipement_id} required />
            {values.equipement_id !== null && <DejaOuvertes equipement={values.equipement_id} />}
            <TextInput {...field('titre')} required maxLength={200} autoFocus={asked !== null} />
            <Textarea {...field('description')} maxLength={10_000} />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Select {...field('type_intervention')} allowDeselect={false} data={TYPES.map((value) => ({ value, label: word(`type_intervention.${value}`) }))} />
              <Stack gap={0}>
                <Input.Label component="div" size="md" id="priorite">{t('champ.priorite')}</Input.Label>
                <SegmentedControl
                  aria-labelledby="priorite"
                  data={[...PRIORITES].reverse().map((value) => ({ value, label: word(`priorite.${value}`) }))}
                  {...form.getInputProps('priorite')}
                />
              </Stack>
            </SimpleGrid>
            <Switch label={t('champ.arret_equipement')} size="md" {...form.getInputProps('arret_equipement', { type: 'checkbox' })} />
            {failed && (
              <SimpleGrid cols={{ base: 1, sm: 2 }}>
                <CodeSelect {...field('symptome_code_id')} nature="symptome" typeEquipement={machine.data?.type} />
                <MomentInput {...field('survenue_le')} value={values.survenue_le} description={t('heure_du_site', { zone })} clearable maxDay={toDay(new Date().toISOString(), zone)} />
                <Textarea {...field('symptome')} minRows={2} maxLength={10_000} style={{ gridColumn: '1 / -1' }} />
              </SimpleGrid>
            )}
          </Stack>
        </Card>
        <Card withBorder>
          <Stack>
            <Title order={2} size="h4">{t('quand_et_qui')}</Title>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <DayInput {...field('date_limite')} value={values.date_limite} clearable description={t('limite_incluse')} />
              <NumberInput {...field('duree_estimee_min')} description={t('en_minutes')} min={1} max={100_000} step={15} allowDecimal={false} />
              <TechnicienSelect {...field('technicien_id')} value={values.technicien_id} description={t('technicien_libre')} clearable />
              <MomentInput {...field('date_debut_prevue')} value={values.date_debut_prevue} description={t('heure_du_site', { zone })} clearable />
            </SimpleGrid>
            {values.technicien_id !== null && values.date_debut_prevue && !isUnread(values.date_debut_prevue) && Number(values.duree_estimee_min) > 0 && (
              <Agenda
                technicien={values.technicien_id}
                debut={values.date_debut_prevue}
                minutes={Number(values.duree_estimee_min)}
                zone={zone}
                choose={(debut) => form.setFieldValue('date_debut_prevue', debut)}
              />
            )}
          </Stack>
        </Card>
        <Card withBorder>
          <Stack>
            <Title order={2} size="h4">{t('exigences')}</Title>
            <Competences value={values.competences_requises} onChange={(value) => form.setFieldValue('competences_requises', value)} />
            <GammeSelect {...field('gamme_id')} />
          </Stack>
        </Card>
        {refusal && (
          <Refus
            problem={refusal}
            zone={zone}
            busy={save.busy}
            take={({ technicien_id, debut, fin }) => {
              const minutes = Math.round((Date.parse(fin) - Date.parse(debut)) / 60_000);
              form.setValues({ technicien_id, date_debut_prevue: toCivil(debut, zone), duree_estimee_min: minutes });
              setRefusal(null);
            }}
            force={() => void save.run(form.getValues(), true)}
          />
        )}
        <Group justify="end">
          <Button component={Link} href="/interventions" variant="default">{common('annuler')}</Button>
          <Button type="submit" loading={save.busy}>{t('creer')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
