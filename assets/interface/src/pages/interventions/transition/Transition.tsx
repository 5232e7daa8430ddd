//! What somebody says when they take an intervention to another statut.

import { Alert, Button, Group, Radio, Select, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { Problem } from '@/api/problem';
import { useSave } from '@/ui/save';
import { CodeSelect } from '../nouvelle/choix';
import { type Statut, askedBy } from './workflow';

type Detail = Schemas['InterventionDetail'];
type Body = Schemas['ChangementStatut'];

/** Makes the step, unless somebody changed the intervention since it was read. */
export const change = ({ id, version }: Pick<Detail, 'id' | 'version'>, body: Body) =>
  ok(api.PATCH('/api/v1/interventions/{id}/statut', { params: { path: { id }, header: ifMatch(version) }, body }));

const NATURES = ['symptome', 'cause', 'remede'] as const;
const RENDU = ['operationnel', 'maintenance', 'panne'] as const;
const PIECES = ['rendues', 'laissees'] as const;

/** The parts that are still out, by name, when that is what the server asks about. */
const stillOut = (error: unknown): string[] | null =>
  error instanceof Problem && error.code === 'pieces_sorties' ? (error.body.attaches as { noms: string[] }[]).flatMap(({ noms }) => noms) : null;

const id = (value: string | null) => (value === null ? null : Number(value));
const code = (value: number | null | undefined) => (value == null ? null : String(value));

export function Transition({ intervention, to, done }: { intervention: Detail; to: Statut; done: (after: Detail) => void }) {
  const { t } = useTranslation('tableau');
  const { t: word } = useTranslation('valeurs');
  const finishes = askedBy(intervention.statut, to) === 'fin';
  const isCorrective = intervention.type_intervention === 'corrective';
  const [out, setOut] = useState<string[] | null>(null);
  const form = useForm({
    initialValues: {
      remarque: '',
      pieces: null as (typeof PIECES)[number] | null,
      compte_rendu: intervention.compte_rendu ?? '',
      cause: intervention.cause ?? '',
      remede: intervention.remede ?? '',
      symptome_code_id: code(intervention.symptome_code_id),
      cause_code_id: code(intervention.cause_code_id),
      remede_code_id: code(intervention.remede_code_id),
      equipement_statut: intervention.arret_equipement ? 'operationnel' as (typeof RENDU)[number] | null : null,
    },
    validate: {
      // A part that is awaited says why as well; the server knows.
      remarque: (value) => (!finishes && to !== 'attente_pieces' && !value.trim() ? t('motif_requis') : null),
      compte_rendu: (value) => (finishes && !value.trim() ? t('compte_rendu_requis') : null),
    },
  });
  const machine = useQuery({
    queryKey: ['equipements', intervention.equipement_id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}', { params: { path: { id: intervention.equipement_id } } })),
    enabled: finishes,
  });
  const reglages = useQuery({ queryKey: ['codes', 'reglages', 'tous'], queryFn: () => ok(api.GET('/api/v1/codes/reglages')), enabled: finishes });
  const save = useSave(async (values: typeof form.values) => {
    const remarque = values.remarque.trim() || null;
    const body: Body = finishes
      ? {
          statut: to,
          remarque,
          compte_rendu: values.compte_rendu.trim(),
          ...(values.equipement_statut && { equipement_statut: values.equipement_statut }),
          ...(isCorrective && { cause: values.cause.trim() || null, remede: values.remede.trim() || null }),
          ...(isCorrective && Object.fromEntries(NATURES.map((nature) => [`${nature}_code_id`, id(values[`${nature}_code_id`])]))),
        }
      : { statut: to, remarque, ...(values.pieces && { pieces: values.pieces }) };
    try {
      done(await change(intervention, body));
    } catch (error) {
      const asked = stillOut(error);
      if (!asked) throw error;
      setOut(asked);
    }
  }, form);
  const mustHaveCodes = isCorrective && reglages.data?.codes_obligatoires === true;

  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <Stack>
        <Text>{intervention.titre} <Text span c="dimmed">({intervention.equipement_nom})</Text></Text>
        {save.problem?.status === 409 && <Alert color="red" role="alert">{save.problem.message}</Alert>}
        {finishes ? (
          <>
            <Textarea label={t('compte_rendu')} required data-autofocus maxLength={10_000} {...form.getInputProps('compte_rendu')} />
            {isCorrective && (
              <>
                {NATURES.map((nature) => (
                  <CodeSelect
                    key={nature}
                    nature={nature}
                    typeEquipement={machine.data?.type}
                    label={word(`nature_code.${nature}`)}
                    required={mustHaveCodes}
                    {...form.getInputProps(`${nature}_code_id`)}
                  />
                ))}
                <Textarea label={t('cause')} minRows={1} maxLength={10_000} {...form.getInputProps('cause')} />
                <Textarea label={t('remede')} minRows={1} maxLength={10_000} {...form.getInputProps('remede')} />
              </>
            )}
            {intervention.arret_equipement && (
              <Select
                label={t('equipement_rendu')}
                allowDeselect={false}
                data={RENDU.map((value) => ({ value, label: word(`statut_equipement.${value}`) }))}
                {...form.getInputProps('equipement_statut')}
              />
            )}
          </>
        ) : (
          <Textarea
            label={t(to === 'attente_pieces' ? 'pieces_attendues' : 'motif')}
            required={to !== 'attente_pieces'}
            description={to === 'attente_pieces' ? t('pieces_attendues_texte') : undefined}
            data-autofocus
            maxLength={10_000}
            {...form.getInputProps('remarque')}
          />
        )}
        {to === 'planifie' && <Text c="dimmed">{t('retablir_texte')}</Text>}
        {out && (
          <Alert color="yellow" title={t('pieces_sorties')} role="alert">
            <Stack gap="xs">
              <Text>{out.join(' ; ')}</Text>
              <Radio.Group aria-label={t('pieces_sorties')} {...form.getInputProps('pieces')}>
                <Stack gap="xs">
                  {PIECES.map((value) => <Radio key={value} value={value} label={t(`pieces.${value}`)} />)}
                </Stack>
              </Radio.Group>
            </Stack>
          </Alert>
        )}
        <Group justify="end">
          <Button type="submit" disabled={out !== null && form.values.pieces === null} color={to === 'annule' ? 'red' : undefined} loading={save.busy}>{t(`vers.${to}`)}</Button>
        </Group>
      </Stack>
    </form>
  );
}
