import { useTranslation } from 'react-i18next';
import { PageHead } from '@/ui/PageHead';

/** What someone sees first, by role. */
export default function Accueil() {
  const { t } = useTranslation('accueil');
  return <PageHead title={t('titre')} />;
}
