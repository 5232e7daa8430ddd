//! Somebody changed the same meanwhile: what I did beside what is there now, and the choice.

import { Alert, Button, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { sentence } from '@/api/refusals';
import { useOutbox } from '@/hors_ligne/envois';
import type { Row } from '@/hors_ligne/row';
import { confirm } from '@/ui/confirm';
import { Instant, told, useZone } from '@/ui/format';
import { Loading, Trouble } from '@/ui/states';
import { read } from '../readings';
import { useAnswerWords } from './describe';

type Detail = Schemas['InterventionDetail'];
type Side = [string, string][];

export function Conflit({ row }: { row: Row }) {
  const { t } = useTranslation('envois');
  const [kind, place = ''] = row.target?.split(':') ?? [];
  const said = row.refusal?.code === 'trop_ancien' ? t('conflit.trop_ancien') : row.refusal?.status === 412 ? t('conflit.change') : row.refusal && sentence(row.refusal.code, row.refusal.message);
  return (
    <Stack gap="sm">
      <Alert color="red" role="alert">{said}</Alert>
      {kind === 'intervention' && <Intervention row={row} id={Number(place)} />}
      {kind === 'checklist' && <Answer row={row} place={place} />}
      {kind !== 'intervention' && kind !== 'checklist' && <Choice row={row} version={undefined} />}
    </Stack>
  );
}

/** The words of the fields of an intervention that a conflict is about. */
function useFields() {
  const { t: word } = useTranslation('valeurs');
  const { data: codes } = useQuery(read.codes());
  return (field: string, value: unknown, zone: string): string => {
    if (value === null || value === undefined || value === '') return '—';
    if (field === 'statut') return word(`statut.${value as Detail['statut']}`);
    if (field === 'priorite') return word(`priorite.${value as Detail['priorite']}`);
    if (field === 'equipement_statut') return word(`statut_equipement.${value as Schemas['EquipementRendu']}`);
    if (field.endsWith('_code_id')) return codes?.items.find(({ id }) => id === value)?.libelle ?? `#${value}`;
    if (field.startsWith('date_')) return told(String(value), zone);
    return String(value);
  };
}

/** What others may change of an intervention that its technicien should know of. */
const WATCHED = ['titre', 'description', 'priorite', 'technicien_nom', 'equipement_nom', 'date_limite', 'date_debut_prevue', 'statut', 'compte_rendu', 'symptome_code_id', 'cause_code_id', 'remede_code_id'] as const;
const MINE = ['statut', 'remarque', 'compte_rendu', 'symptome_code_id', 'cause_code_id', 'remede_code_id', 'equipement_statut'] as const;

function Intervention({ row, id }: { row: Row; id: number }) {
  const { t } = useTranslation('envois');
  const query = useQuery({ ...read.one(id), staleTime: 0 });
  const zone = useZone(query.data?.site_id);
  const inWords = useFields();
  const now = query.data;
  if (!now) return query.error || query.isPaused ? <Trouble error={query.error ?? new TypeError('no reception')} retry={() => void query.refetch()} /> : <Loading />;
  const mine = MINE.filter((field) => row.body?.[field] !== undefined);
  const changed = WATCHED.filter((field) => (now[field] ?? null) !== (row.seen?.[field] ?? null));
  const shown = WATCHED.filter((field) => changed.includes(field) || (mine as readonly string[]).includes(field));
  return (
    <>
      <Sides
        mine={mine.map((field) => [t(`champ.${field}`), inWords(field, row.body?.[field], zone)])}
        now={shown.map((field) => [t(`champ.${field}`), inWords(field, now[field], zone)])}
        changed={changed.map((field) => t(`champ.${field}`))}
      >
        <Text size="sm" c="dimmed">{t('conflit.depuis')} <Instant value={now.updated_at} siteId={now.site_id} /></Text>
      </Sides>
      <Choice row={row} version={now.version} />
    </>
  );
}

function Answer({ row, place }: { row: Row; place: string }) {
  const { t } = useTranslation('envois');
  const [id, operation] = place.split('/').map(Number) as [number, number];
  const inWords = useAnswerWords();
  const { data: now, error, isPaused, refetch } = useQuery({
    queryKey: ['interventions', id, 'checklist', operation],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/checklist/{operation}', { params: { path: { id, operation } } })),
    staleTime: 0,
  });
  if (!now) return error || isPaused ? <Trouble error={error ?? new TypeError('no reception')} retry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <Sides
        mine={[[now.libelle, row.needs ? t('reponse.photo') : inWords(row.body as Partial<Schemas['Reponse']>, now.unite)]]}
        now={[[now.libelle, inWords(now.reponse, now.unite)]]}
        changed={[]}
      >
        {now.reponse && <Text size="sm" c="dimmed">{now.reponse.auteur} · <Instant value={now.reponse.date} /></Text>}
      </Sides>
      <Choice row={row} version={now.version} />
    </>
  );
}

function Sides({ mine, now, changed, children }: { mine: Side; now: Side; changed: string[]; children?: ReactNode }) {
  const { t } = useTranslation('envois');
  const list = (side: Side) => side.map(([name, value]) => (
    <div key={name}>
      <Text size="sm" c="dimmed">{name}{changed.includes(name) && side === now && ` · ${t('conflit.modifie')}`}</Text>
      <Text fw={600} style={{ whiteSpace: 'pre-wrap' }}>{value}</Text>
    </div>
  ));
  return (
    <SimpleGrid cols={2} spacing="md">
      <Stack gap="xs">
        <Title order={3} size="h5">{t('conflit.moi')}</Title>
        {list(mine)}
      </Stack>
      <Stack gap="xs">
        <Title order={3} size="h5">{t('conflit.maintenant')}</Title>
        {list(now)}
        {children}
      </Stack>
    </SimpleGrid>
  );
}

function Choice({ row, version }: { row: Row; version: number | undefined }) {
  const { t } = useTranslation('envois');
  const { resend, discard } = useOutbox();
  const giveUp = async () => {
    if (await confirm({ title: t('conflit.garder_leur'), text: t('conflit.garder_leur_texte'), action: t('conflit.garder_leur') })) await discard(row);
  };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
      <Button onClick={() => void resend(row, version)}>{t(version === undefined ? 'reessayer' : 'conflit.garder_mien')}</Button>
      <Button variant="default" onClick={() => void giveUp()}>{t(version === undefined ? 'supprimer' : 'conflit.garder_leur')}</Button>
    </SimpleGrid>
  );
}
