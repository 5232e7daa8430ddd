//! What may be done next: exactly what the server offers, each step with what it needs.

import { Button, Checkbox, Group, Modal, Select, SimpleGrid, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCheck, IconPlayerPause, IconPlayerPlay, IconRosetteDiscountCheck, IconX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok, once } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { useSave } from '@/ui/save';
import { detailKey } from './Detail';

type Intervention = Schemas['InterventionDetail'];
type Statut = Schemas['StatutIntervention'];

const ICONS: Record<Statut, typeof IconCheck> = {
  en_cours: IconPlayerPlay, attente_pieces: IconPlayerPause, termine: IconCheck, annule: IconX, planifie: IconPlayerPlay,
};

export function Actions({ intervention }: { intervention: Intervention }) {
  const { t } = useTranslation('intervention');
  const queries = useQueryClient();
  const runsThePlant = useRunsThePlant();
  const [asked, setAsked] = useState<Statut | null>(null);
  const { id, statut, version } = intervention;
  const change = useSave(async (body: Schemas['ChangementStatut']) => {
    const params = { path: { id }, header: { 'If-Match': `"${version}"`, ...once() } };
    const after = await ok(api.PATCH('/api/v1/interventions/{id}/statut', { params, body }));
    queries.setQueryData(detailKey(id), after);
    await queries.invalidateQueries({ queryKey: ['interventions'] });
    setAsked(null);
  });
  const validate = useSave(async () => {
    await ok(api.POST('/api/v1/interventions/{id}/validation', { params: { path: { id } }, body: {} }));
    await queries.invalidateQueries({ queryKey: ['interventions'] });
  });
  const canValidate = runsThePlant && statut === 'termine' && !intervention.date_validation;
  if (intervention.transitions.length === 0 && !canValidate) return null;

  /** Starting and resuming ask for nothing; reopening does. */
  const needsWords = (to: Statut) => to !== 'en_cours' || statut === 'termine';
  return (
    <Group gap="sm" className="no-print">
      {intervention.transitions.map((to) => {
        const Icon = ICONS[to];
        const text = to === 'en_cours' ? (statut === 'termine' ? 'rouvrir' : statut === 'planifie' ? 'commencer' : 'reprendre') : to;
        return (
          <Button
            key={to}
            size="lg"
            variant={to === 'annule' || to === 'attente_pieces' ? 'default' : 'filled'}
            leftSection={<Icon size={22} />}
            loading={change.busy && asked === null}
            onClick={() => (needsWords(to) ? setAsked(to) : void change.run({ statut: to }))}
          >
            {t(`action.${text as 'commencer'}`)}
          </Button>
        );
      })}
      {canValidate && (
        <Button size="lg" leftSection={<IconRosetteDiscountCheck size={22} />} loading={validate.busy} onClick={() => void validate.run()}>
          {t('action.valider')}
        </Button>
      )}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={asked && t(`action.${asked === 'en_cours' ? 'rouvrir' : asked as 'termine'}`)} size="lg">
        {asked === 'termine'
          ? <Finish intervention={intervention} busy={change.busy} send={(body) => void change.run(body)} />
          : asked && <Reason statut={asked} busy={change.busy} send={(remarque) => void change.run({ statut: asked, remarque })} />}
      </Modal>
    </Group>
  );
}

function Reason({ statut, busy, send }: { statut: Statut; busy: boolean; send: (remarque: string) => void }) {
  const { t } = useTranslation('intervention');
  const form = useForm({
    initialValues: { remarque: '' },
    validate: { remarque: (value) => (value.trim() || statut === 'attente_pieces' ? null : t('requis')) },
  });
  return (
    <form onSubmit={form.onSubmit(({ remarque }) => send(remarque.trim()))}>
      <Stack>
        <Textarea label={t(statut === 'attente_pieces' ? 'quelle_piece' : 'pourquoi')} data-autofocus {...form.getInputProps('remarque')} />
        <Group justify="end"><Button type="submit" loading={busy}>{t('confirmer')}</Button></Group>
      </Stack>
    </form>
  );
}

function Finish({ intervention, busy, send }: { intervention: Intervention; busy: boolean; send: (body: Schemas['ChangementStatut']) => void }) {
  const { t } = useTranslation('intervention');
  const isFailure = intervention.type_intervention === 'corrective';
  const codes = useQuery({
    queryKey: ['codes', 'actifs'],
    queryFn: async () => (await ok(api.GET('/api/v1/codes/', { params: { query: { actif: true, page_size: 200 } } }))).items,
    enabled: isFailure,
  });
  const form = useForm({
    initialValues: {
      compte_rendu: intervention.compte_rendu ?? '',
      cause: intervention.cause ?? '',
      remede: intervention.remede ?? '',
      symptome_code_id: intervention.symptome_code_id?.toString() ?? null,
      cause_code_id: intervention.cause_code_id?.toString() ?? null,
      remede_code_id: intervention.remede_code_id?.toString() ?? null,
      en_panne: false,
    },
    validate: { compte_rendu: (value) => (value.trim() ? null : t('requis')) },
  });
  const offered = (nature: Schemas['Nature']) =>
    (codes.data ?? []).filter((code) => code.nature === nature).map(({ id, code, libelle }) => ({ value: String(id), label: `${libelle} (${code})` }));
  const number = (value: string | null) => (value === null ? null : Number(value));
  return (
    <form
      onSubmit={form.onSubmit((values) => send({
        statut: 'termine',
        compte_rendu: values.compte_rendu.trim(),
        ...(isFailure && {
          cause: values.cause.trim() || null,
          remede: values.remede.trim() || null,
          symptome_code_id: number(values.symptome_code_id),
          cause_code_id: number(values.cause_code_id),
          remede_code_id: number(values.remede_code_id),
        }),
        ...(values.en_panne && { equipement_statut: 'panne' as const }),
      }))}
    >
      <Stack>
        <Textarea label={t('compte_rendu')} required data-autofocus minRows={4} {...form.getInputProps('compte_rendu')} />
        {isFailure && (
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <Select label={t('symptome')} data={offered('symptome')} searchable clearable {...form.getInputProps('symptome_code_id')} />
            <Select label={t('cause')} data={offered('cause')} searchable clearable {...form.getInputProps('cause_code_id')} />
            <Select label={t('remede')} data={offered('remede')} searchable clearable {...form.getInputProps('remede_code_id')} />
          </SimpleGrid>
        )}
        {isFailure && <Textarea label={t('cause_texte')} minRows={2} {...form.getInputProps('cause')} />}
        {isFailure && <Textarea label={t('remede_texte')} minRows={2} {...form.getInputProps('remede')} />}
        {intervention.arret_equipement && <Checkbox size="md" label={t('encore_en_panne')} {...form.getInputProps('en_panne', { type: 'checkbox' })} />}
        <Group justify="end"><Button type="submit" size="lg" loading={busy}>{t('action.termine')}</Button></Group>
      </Stack>
    </form>
  );
}
