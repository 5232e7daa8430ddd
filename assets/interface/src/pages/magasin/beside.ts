import { useTranslation } from 'react-i18next';
import { useRunsThePlant } from '@/session/session';

/** The pages of the store that stand beside one another. */
export function useBeside() {
  const { t } = useTranslation('magasin');
  const stock = { href: '/pieces', text: t('stock') };
  return useRunsThePlant()
    ? [stock, { href: '/a-commander', text: t('a_commander') }, { href: '/inventaires', text: t('inventaires') }, { href: '/fournisseurs', text: t('fournisseurs') }]
    : [stock];
}
