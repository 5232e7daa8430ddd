import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

/** Names the tab after the page. */
export function useTitle(title: string | undefined) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = title ? `${title} — ${t('produit')}` : t('produit');
  }, [title, t]);
}
