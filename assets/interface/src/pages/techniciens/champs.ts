import { useTranslation } from 'react-i18next';
import { useSites } from '@/ui/format';
import type { Field } from '@/ui/record/fields';

/** What is entered of somebody of the crew, beside what they know and when they work. */
export function useFields(): Field[] {
  const { t } = useTranslation('techniciens');
  const { t: word } = useTranslation('valeurs');
  const sites = useSites();
  return [
    { kind: 'text', key: 'matricule', label: t('matricule') },
    { kind: 'text', key: 'equipe', label: t('equipe') },
    { kind: 'choice', key: 'site_id', label: t('site'), ids: true, choices: (sites.data ?? []).map(({ id, nom, fuseau }) => ({ value: String(id), label: `${nom} (${fuseau})` })) },
    { kind: 'number', key: 'taux_horaire', label: t('taux'), decimals: 2 },
    { kind: 'choice', key: 'disponibilite', label: t('statut'), required: true, choices: (['disponible', 'indisponible'] as const).map((value) => ({ value, label: word(`disponibilite.${value}`) })) },
  ];
}
