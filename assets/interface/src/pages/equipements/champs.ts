import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { useSites } from '@/ui/format';
import { EquipementSelect } from '@/ui/RemoteSelect';
import type { Field } from '@/ui/record/fields';

const CRITICITES: Schemas['Criticite'][] = ['critique', 'important', 'standard', 'non_critique'];
const STATUTS: Schemas['StatutEquipement'][] = ['operationnel', 'maintenance', 'panne', 'retire'];

/** What is entered of a machine. Its place is its site and, below that, the machine that it belongs to. */
export function useFields(): Field[] {
  const { t } = useTranslation('equipements');
  const { t: word } = useTranslation('valeurs');
  const sites = useSites();
  const types = useQuery({
    queryKey: ['equipements', 'types'],
    queryFn: async () => (await ok(api.GET('/api/v1/filters/equipements', { params: { query: { page_size: 1 } } }))).facettes.type?.map(({ libelle }) => libelle) ?? [],
    staleTime: 60_000,
  });
  return [
    { kind: 'text', key: 'code', label: t('code'), required: true },
    { kind: 'text', key: 'nom', label: t('nom'), required: true },
    { kind: 'choice', key: 'site_id', label: t('site'), required: true, ids: true, choices: (sites.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom })) },
    { kind: 'pick', key: 'parent_id', label: t('parent'), hint: t('parent_aide'), pick: EquipementSelect },
    { kind: 'text', key: 'type', label: t('type'), required: true, known: types.data ?? [] },
    { kind: 'text', key: 'localisation', label: t('localisation') },
    { kind: 'choice', key: 'criticite', label: t('criticite'), required: true, choices: CRITICITES.map((value) => ({ value, label: word(`criticite.${value}`) })) },
    { kind: 'choice', key: 'statut', label: t('statut'), required: true, choices: STATUTS.map((value) => ({ value, label: word(`statut_equipement.${value}`) })) },
    { kind: 'text', key: 'fabricant', label: t('fabricant') },
    { kind: 'text', key: 'modele', label: t('modele') },
    { kind: 'text', key: 'numero_serie', label: t('serie') },
    { kind: 'day', key: 'date_mise_en_service', label: t('service') },
    { kind: 'number', key: 'valeur_remplacement', label: t('valeur'), decimals: 2 },
  ];
}
