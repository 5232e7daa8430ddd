import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ifMatch, ok } from '@/api/client';
import { useRunsThePlant } from '@/session/session';
import { TechnicienSelect } from '@/ui/RemoteSelect';
import { Word } from '@/ui/badges';
import { day, number } from '@/ui/format';
import { RecordButton } from '@/ui/record/RecordButton';
import type { Field } from '@/ui/record/fields';

type Plan = Schemas['PlanCompteur'];
const STATUTS: Plan['statut'][] = ['actif', 'suspendu', 'termine'];
const PRIORITES: Plan['priorite'][] = ['basse', 'normale', 'haute', 'urgente'];

/** Preventive work every so many units of a meter: the next threshold, when it is to be expected, and why. */
export function PlansCompteur({ compteur }: { compteur: Schemas['Compteur'] }) {
  const { t } = useTranslation('equipements');
  const { t: word } = useTranslation('valeurs');
  const runsThePlant = useRunsThePlant();
  const queries = useQueryClient();
  const { unite } = compteur;
  const plans = useQuery({
    queryKey: ['compteurs', compteur.id, 'plans'],
    queryFn: () => ok(api.GET('/api/v1/compteurs/{id}/plans', { params: { path: { id: compteur.id } } })),
    enabled: runsThePlant,
  });
  const gammes = useQuery({
    queryKey: ['gammes', 'publiees'],
    queryFn: async () => (await ok(api.GET('/api/v1/gammes/', { params: { query: { publiee: true, page_size: 200 } } }))).items,
    enabled: runsThePlant,
  });
  const fields: Field[] = [
    { kind: 'text', key: 'titre', label: t('titre_plan'), required: true, wide: true },
    { kind: 'number', key: 'pas', label: t('pas', { unite }), required: true, decimals: 3 },
    { kind: 'number', key: 'depart', label: t('depart', { unite }), decimals: 3 },
    { kind: 'number', key: 'anticipation', label: t('avance', { unite }), decimals: 3 },
    { kind: 'number', key: 'delai_jours', label: t('delai') },
    { kind: 'number', key: 'duree_estimee_min', label: t('duree') },
    { kind: 'choice', key: 'priorite', label: t('priorite'), required: true, choices: PRIORITES.map((value) => ({ value, label: word(`priorite.${value}`) })) },
    { kind: 'choice', key: 'gamme_id', label: t('gamme'), ids: true, choices: (gammes.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom })) },
    { kind: 'pick', key: 'technicien_id', label: t('technicien'), pick: TechnicienSelect },
    { kind: 'area', key: 'description', label: t('description') },
  ];
  if (!runsThePlant) return null;
  const path = { id: compteur.id };
  const reread = () => queries.invalidateQueries({ queryKey: ['compteurs'] });
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h5">{t('plans_compteur')}</Title>
        <RecordButton
          name={`/compteurs/${compteur.id}/plan`}
          title={t('nouveau_plan')}
          variant="light"
          fields={fields}
          initial={{ priorite: 'normale', delai_jours: 7, depart: compteur.cumul ?? 0 }}
          save={async (body) => {
            await ok(api.POST('/api/v1/compteurs/{id}/plans', { params: { path }, body: body as Schemas['NewPlanCompteur'] }));
            await reread();
          }}
        />
      </Group>
      {plans.data?.items.map((plan) => (
        <Group key={plan.id} justify="space-between" align="start">
          <div style={{ flex: 1, minWidth: 220 }}>
            <Group gap="xs"><Text fw={500}>{plan.titre}</Text>{plan.statut !== 'actif' && <Word color="gray">{word(`statut_planning.${plan.statut}`)}</Word>}</Group>
            <Text size="sm">{t('prochain_seuil', { valeur: `${number(plan.prochain_seuil)} ${unite}` })}{plan.date_estimee && `, ${t('vers_le', { date: day(plan.date_estimee) })}`}</Text>
            <Text size="sm" c="dimmed">{plan.explication}</Text>
          </div>
          <RecordButton<Plan>
            name={`/compteurs/${compteur.id}/plans/${plan.id}`}
            title={t('plan')}
            fields={[...fields, { kind: 'choice', key: 'statut', label: t('statut_plan'), required: true, choices: STATUTS.map((value) => ({ value, label: word(`statut_planning.${value}`) })) }]}
            row={plan}
            reread={() => ok(api.GET('/api/v1/compteurs/{id}/plans/{pid}', { params: { path: { ...path, pid: plan.id } } }))}
            save={async (body, version) => {
              await ok(api.PATCH('/api/v1/compteurs/{id}/plans/{pid}', { params: { path: { ...path, pid: plan.id }, header: ifMatch(version) }, body: body as Schemas['PlanCompteurPatch'] }));
              await reread();
            }}
          />
        </Group>
      ))}
    </Stack>
  );
}
