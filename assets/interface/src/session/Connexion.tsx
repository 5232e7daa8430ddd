import { Alert, Box, Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, isUnreachable } from '@/api/problem';
import { useTitle } from '@/ui/title';
import { Demonstration } from './Demonstration';
import { Langues } from './Langues';
import { useSession } from './session';

/** Signing in. `ended`: somebody was at work when their session ended, and the page behind is as they left it. */
export function Connexion({ ended }: { ended: boolean }) {
  const { t } = useTranslation();
  const { signIn } = useSession();
  const [trouble, setTrouble] = useState<string>();
  const [busy, setBusy] = useState(false);
  // The password was right, and the account has a second factor.
  const [asksCode, setAsksCode] = useState(false);
  const form = useForm({
    initialValues: { username: '', password: '', totp: '' },
    validate: {
      username: (value) => (value.trim() ? null : t('connexion.identifiant_requis')),
      password: (value) => (value ? null : t('connexion.mot_de_passe_requis')),
    },
  });
  useTitle(t('connexion.titre'));

  const submit = form.onSubmit(async ({ username, password, totp }) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await signIn(username.trim(), password, totp.trim());
    } catch (error) {
      form.setFieldValue('totp', '');
      if (error instanceof Problem && error.code === 'totp_requis') return setAsksCode(true);
      setTrouble(isUnreachable(error) ? t('erreur.sans_reseau_texte') : (error as Error).message);
      if (error instanceof Problem && error.code === 'totp_incorrect') return;
      setAsksCode(false);
      form.setFieldValue('password', '');
    } finally {
      setBusy(false);
    }
  });

  return (
    <Box component="main" mih="100dvh" p="md" style={{ display: 'grid', placeContent: 'center' }}>
      <Paper withBorder p="xl" w="min(26rem, 100vw - 2rem)" shadow="sm" pos="relative">
        <Box pos="absolute" top={8} style={{ insetInlineEnd: 12 }}><Demonstration /></Box>
        <form onSubmit={submit} noValidate>
          <Stack>
            <Group gap="sm">
              <img src="/icon.svg" alt="" width="40" height="40" />
              <Title order={1} size="h2">{t('produit')}</Title>
            </Group>
            <Text c="dimmed">{ended ? t('connexion.terminee') : t('connexion.invite')}</Text>
            {!isSecureContext && <Alert color="orange">{t('en_clair')}</Alert>}
            {trouble && <Alert color="red" role="alert">{trouble}</Alert>}
            <TextInput
              label={t('connexion.identifiant')}
              autoComplete="username"
              autoCapitalize="off"
              spellCheck={false}
              autoFocus
              {...form.getInputProps('username')}
            />
            <PasswordInput
              label={t('connexion.mot_de_passe')}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': t('connexion.montrer') }}
              {...form.getInputProps('password')}
            />
            {asksCode && (
              <TextInput
                label={t('connexion.code')}
                description={t('connexion.code_aide')}
                autoComplete="one-time-code"
                autoCapitalize="off"
                spellCheck={false}
                autoFocus
                dir="ltr"
                {...form.getInputProps('totp')}
              />
            )}
            <Button type="submit" loading={busy} fullWidth>{t('connexion.entrer')}</Button>
            <Langues />
          </Stack>
        </form>
      </Paper>
    </Box>
  );
}
