import { Box, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Double } from '@/pages/profil/Double';
import { useTitle } from '@/ui/title';
import { useSession } from './session';

/** In place of everything else, for who must have a second factor and has none. */
export function DoubleExigee() {
  const { t } = useTranslation('profil');
  const { signOut } = useSession();
  useTitle(t('double.titre'));
  return (
    <Box component="main" id="contenu" p="md" maw={640} mx="auto">
      <Stack>
        <Title order={1} size="h2">{t('double.titre')}</Title>
        <Text>{t('double.exigee')}</Text>
        <Double required />
        <Group><Button variant="subtle" onClick={() => void signOut()}>{t('quitter')}</Button></Group>
      </Stack>
    </Box>
  );
}
