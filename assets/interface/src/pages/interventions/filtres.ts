//! The filters of interventions, for the list and the board.

import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { useMe, useRunsThePlant } from '@/session/session';
import { useSites } from '@/ui/format';
import type { Choice } from '@/ui/list/Choices';
import type { Filter } from '@/ui/list/Filters';
import { EquipementSelect } from '@/ui/RemoteSelect';

export const STATUTS = ['planifie', 'en_cours', 'attente_pieces', 'termine', 'annule'] as const;
export const PRIORITES = ['urgente', 'haute', 'normale', 'basse'] as const;
export const TYPES = ['corrective', 'preventive', 'ameliorative', 'diagnostic'] as const;

const ALL = { page_size: 200 };
const choices = <Row extends { id: number }>(rows: Row[], label: (row: Row) => string): Choice[] =>
  rows.map((row) => ({ value: String(row.id), label: label(row) }));

const techniciens = async () =>
  choices((await ok(api.GET('/api/v1/techniciens/', { params: { query: ALL } }))).items, ({ nom }) => nom);
const clients = async () =>
  choices((await ok(api.GET('/api/v1/clients/', { params: { query: ALL } }))).items, ({ nom }) => nom);
const plans = async () =>
  choices((await ok(api.GET('/api/v1/planning/', { params: { query: ALL } }))).items, ({ titre, equipement_code }) => `${titre} · ${equipement_code}`);
const gammes = async () =>
  choices((await ok(api.GET('/api/v1/gammes/', { params: { query: ALL } }))).items, ({ nom }) => nom);
const codes = (nature: 'symptome' | 'cause' | 'remede') => async () =>
  choices((await ok(api.GET('/api/v1/codes/', { params: { query: { ...ALL, nature: [nature] } } }))).items, ({ code, libelle }) => `${code} · ${libelle}`);

/** `without` leaves out what a page shows in another way. */
export function useInterventionFilters(without: readonly string[] = []): Filter[] {
  const { t } = useTranslation('interventions');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const runsThePlant = useRunsThePlant();
  const { role } = useMe();
  const sites = useSites();
  const sitesKnown = sites.data && choices(sites.data, ({ code, nom }) => `${code} · ${nom}`);

  const everybody: Filter[] = [
    { kind: 'choice', key: 'statut', label: t('champ.statut'), choices: STATUTS.map((value) => ({ value, label: word(`statut.${value}`) })) },
    { kind: 'choice', key: 'priorite', label: t('champ.priorite'), choices: PRIORITES.map((value) => ({ value, label: word(`priorite.${value}`) })) },
    { kind: 'choice', key: 'type_intervention', label: t('champ.type'), choices: TYPES.map((value) => ({ value, label: word(`type_intervention.${value}`) })) },
    ...(role === 'technicien' ? [] : [{ kind: 'choice', key: 'technicien_id', label: t('champ.technicien'), ...(runsThePlant && { load: techniciens }) } as const]),
    { kind: 'choice', key: 'site_id', label: t('champ.site'), ...(sitesKnown && { choices: sitesKnown }) },
    { kind: 'flag', key: 'en_retard', label: t('filtre.en_retard') },
    { kind: 'pick', key: 'equipement_id', label: t('champ.equipement'), pick: EquipementSelect, more: true },
    { kind: 'period', key: 'cree', label: t('filtre.cree'), more: true },
    { kind: 'period', key: 'prevue', label: t('filtre.prevue'), more: true },
    { kind: 'period', key: 'limite', label: t('filtre.limite'), more: true },
    { kind: 'period', key: 'terminee', label: t('filtre.terminee'), more: true },
  ];
  const plant: Filter[] = [
    { kind: 'flag', key: 'a_planifier', label: t('filtre.a_planifier') },
    { kind: 'flag', key: 'sans_technicien', label: t('filtre.sans_technicien'), more: true },
    { kind: 'choice', key: 'pieces_disponibles', label: t('filtre.pieces'), single: true, more: true,
      choices: [{ value: 'true', label: t('filtre.pieces_oui') }, { value: 'false', label: t('filtre.pieces_non') }] },
    { kind: 'choice', key: 'client_id', label: t('champ.client'), load: clients, more: true },
    { kind: 'choice', key: 'equipe', label: t('champ.equipe'), more: true },
    { kind: 'choice', key: 'symptome_code_id', label: word('nature_code.symptome'), load: codes('symptome'), more: true },
    { kind: 'choice', key: 'cause_code_id', label: word('nature_code.cause'), load: codes('cause'), more: true },
    { kind: 'choice', key: 'remede_code_id', label: word('nature_code.remede'), load: codes('remede'), more: true },
    { kind: 'choice', key: 'gamme_id', label: common('navigation.gammes'), load: gammes, more: true },
    { kind: 'choice', key: 'planning_id', label: t('champ.plan'), load: plans, more: true },
  ];
  const all = runsThePlant ? [...everybody.slice(0, 6), ...plant.slice(0, 1), ...everybody.slice(6), ...plant.slice(1)] : everybody;
  return all.filter(({ key }) => !without.includes(key));
}
