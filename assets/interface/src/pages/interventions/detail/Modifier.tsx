//! Changing what is written of an intervention. Slots, statut, parts and time have their own places.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { EquipementSelect } from '@/ui/RemoteSelect';
import { useZone } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import type { Field } from '@/ui/record/fields';
import { detailKey } from './Detail';

type Intervention = Schemas['InterventionDetail'];
const TYPES: Intervention['type_intervention'][] = ['corrective', 'preventive', 'ameliorative', 'diagnostic'];
const PRIORITES: Intervention['priorite'][] = ['basse', 'normale', 'haute', 'urgente'];

export function Modifier({ intervention, reread }: { intervention: Intervention; reread: () => Promise<Intervention> }) {
  const { t } = useTranslation('intervention');
  const { t: word } = useTranslation('valeurs');
  const queries = useQueryClient();
  const zone = useZone(intervention.site_id);
  const { id, statut, type_intervention: type } = intervention;
  const isDone = statut === 'termine' || statut === 'annule';
  const gammes = useQuery({
    queryKey: ['gammes', 'publiees'],
    queryFn: async () => (await ok(api.GET('/api/v1/gammes/', { params: { query: { publiee: true, statut: ['active'], page_size: 200, tri: 'nom' } } }))).items,
    staleTime: 5 * 60_000,
  });
  const plan: Field[] = [
    { kind: 'choice', key: 'type_intervention', label: t('type'), required: true, choices: TYPES.map((value) => ({ value, label: word(`type_intervention.${value}`) })) },
    { kind: 'choice', key: 'priorite', label: t('priorite'), required: true, choices: PRIORITES.map((value) => ({ value, label: word(`priorite.${value}`) })) },
    { kind: 'moment', key: 'date_limite', label: t('limite'), zone },
    { kind: 'number', key: 'duree_estimee_min', label: t('duree_min'), min: 1 },
    ...(statut === 'planifie' ? [{ kind: 'pick', key: 'equipement_id', label: t('equipement'), required: true, pick: EquipementSelect } satisfies Field] : []),
    ...(statut === 'planifie' ? [{ kind: 'choice', key: 'gamme_id', label: t('checklist'), ids: true, choices: (gammes.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom })) } satisfies Field] : []),
  ];
  const failure: Field[] = [
    { kind: 'moment', key: 'survenue_le', label: t('survenue'), zone },
    { kind: 'area', key: 'symptome', label: t('symptome') },
    { kind: 'area', key: 'cause', label: t('cause_texte') },
    { kind: 'area', key: 'remede', label: t('remede_texte') },
  ];
  const fields: Field[] = [
    { kind: 'text', key: 'titre', label: t('titre'), required: true, wide: true },
    { kind: 'area', key: 'description', label: t('description') },
    ...(isDone ? [] : plan),
    ...(type === 'corrective' ? failure : []),
    ...(isDone || statut === 'en_cours' ? [{ kind: 'area', key: 'compte_rendu', label: t('compte_rendu') } satisfies Field] : []),
    { kind: 'switch', key: 'arret_equipement', label: t('arret') },
  ];
  return (
    <RecordButton<Intervention>
      name={`/interventions/${id}/modifier`}
      title={intervention.numero}
      fields={fields}
      row={intervention}
      reread={reread}
      save={async (body, version) => {
        queries.setQueryData(detailKey(id), await ok(api.PATCH('/api/v1/interventions/{id}', { params: { path: { id }, header: ifMatch(version) }, body })));
        await queries.invalidateQueries({ queryKey: ['interventions'] });
      }}
    />
  );
}
