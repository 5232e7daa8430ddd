import { Box, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { MotDePasse } from '@/pages/profil/MotDePasse';
import { useTitle } from '@/ui/title';
import { useSession } from './session';

/** In place of everything else, for whose password somebody else chose. */
export function MotDePasseProvisoire() {
  const { t } = useTranslation('profil');
  const { signOut } = useSession();
  useTitle(t('mot_de_passe_recu.titre'));
  return (
    <Box component="main" id="contenu" p="md" maw={640} mx="auto">
      <Stack>
        <Title order={1} size="h2">{t('mot_de_passe_recu.titre')}</Title>
        <Text>{t('mot_de_passe_recu.texte')}</Text>
        <MotDePasse given />
        <Group><Button variant="subtle" onClick={() => void signOut()}>{t('quitter')}</Button></Group>
      </Stack>
    </Box>
  );
}
