import { IconMapOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { Empty } from '@/ui/states';

/** For an address that leads nowhere, or to what is not the reader's. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={IconMapOff} order={1} title={t('introuvable.titre')} text={t('introuvable.texte')}>
      <Button component={Link} href="/">{t('introuvable.accueil')}</Button>
    </Empty>
  );
}
