import { useTranslation } from 'react-i18next';

/** The pages of the plant that stand beside one another. */
export function useBeside() {
  const { t } = useTranslation('usine');
  return [{ href: '/sites', text: t('sites') }, { href: '/clients', text: t('clients') }, { href: '/jours-feries', text: t('feries') }];
}
