import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import type { Field } from '@/ui/record/fields';

/** What is entered of a part; its stock changes by movements only. */
export function useFields(): Field[] {
  const { t } = useTranslation('pieces');
  const suppliers = useQuery({
    queryKey: ['fournisseurs', 'tous'],
    queryFn: async () => (await ok(api.GET('/api/v1/fournisseurs/', { params: { query: { page_size: 200 } } }))).items,
  });
  return [
    { kind: 'text', key: 'reference', label: t('reference'), required: true },
    { kind: 'text', key: 'designation', label: t('designation'), required: true },
    { kind: 'text', key: 'unite', label: t('unite'), hint: t('unite_aide') },
    { kind: 'text', key: 'emplacement', label: t('emplacement') },
    { kind: 'number', key: 'seuil_min', label: t('seuil'), decimals: 3 },
    { kind: 'number', key: 'quantite_reappro', label: t('reappro'), decimals: 3 },
    { kind: 'number', key: 'prix_unitaire', label: t('prix'), decimals: 4 },
    { kind: 'choice', key: 'fournisseur_id', label: t('fournisseur'), ids: true, choices: (suppliers.data ?? []).map(({ id, nom }) => ({ value: String(id), label: nom })) },
  ];
}
