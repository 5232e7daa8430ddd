import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCloudUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useEnvois } from './envois';
import { isStuck, isUnsent } from './row';

/** Above every page while something is unsent: how much, and whether the person must decide. */
export function Unsent() {
  const { t } = useTranslation();
  const unsent = useEnvois().filter(isUnsent);
  const stuck = unsent.filter(isStuck).length;
  if (!unsent.length) return null;
  return (
    <Button
      component={Link}
      href="/envois"
      variant="light"
      color={stuck ? 'red' : undefined}
      size="compact-md"
      mih={44}
      h="auto"
      maw="100%"
      mb="sm"
      me="sm"
      styles={{ label: { whiteSpace: 'normal' } }}
      leftSection={stuck ? <IconAlertTriangle size={18} aria-hidden /> : <IconCloudUpload size={18} aria-hidden />}
    >
      {stuck ? t('hors_ligne.a_decider', { count: stuck }) : t('hors_ligne.a_envoyer', { count: unsent.length })}
    </Button>
  );
}
