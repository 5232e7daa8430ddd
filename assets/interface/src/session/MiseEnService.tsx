//! The first administrator of a new server, by the code that it printed when it started.

import { Alert, Box, Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { Problem, isUnreachable } from '@/api/problem';
import { useTitle } from '@/ui/title';
import { Langues } from './Langues';
import { useSession } from './session';

const FIELDS = ['code', 'username', 'full_name', 'email', 'password'] as const;
const SHORTEST = 12;

export function MiseEnService() {
  const { t } = useTranslation();
  const { signIn } = useSession();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const needed = (value: string) => (value.trim() ? null : t('fiche.requis'));
  const form = useForm({
    initialValues: { code: new URLSearchParams(location.search).get('code') ?? '', username: '', full_name: '', email: '', password: '' },
    validate: {
      code: needed,
      username: needed,
      full_name: needed,
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t('mise_en_service.email_faux')),
      password: (value) => ([...value].length >= SHORTEST ? null : t('mise_en_service.longueur')),
    },
  });
  useTitle(t('mise_en_service.titre'));
  // The code is a secret: it leaves the address bar, and so the history, as soon as it is read.
  useEffect(() => history.replaceState(null, '', location.pathname), []);

  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const { username, password } = values;
      await ok(api.POST('/api/v1/auth/setup', { body: { ...values, code: values.code.trim(), username: username.trim() } }));
      await signIn(username.trim(), password);
      history.replaceState(null, '', '/');
    } catch (error) {
      if (error instanceof Problem) {
        const beside = error.errors.filter(({ champ }) => FIELDS.some((field) => field === champ));
        form.setErrors(Object.fromEntries(beside.map(({ champ, message }) => [champ, message])));
        if (!beside.length) setTrouble(error.message);
      } else if (isUnreachable(error)) setTrouble(t('erreur.sans_reseau_texte'));
      else throw error;
    } finally {
      setBusy(false);
    }
  });

  return (
    <Box component="main" mih="100dvh" p="md" style={{ display: 'grid', placeContent: 'center' }}>
      <Paper withBorder p="xl" w="min(30rem, 100vw - 2rem)" shadow="sm">
        <form onSubmit={submit} noValidate>
          <Stack>
            <Group gap="sm" wrap="nowrap">
              <img src="/icon.svg" alt="" width="40" height="40" />
              <Title order={1} size="h2">{t('mise_en_service.titre')}</Title>
            </Group>
            <Text c="dimmed">{t('mise_en_service.invite')}</Text>
            {trouble && <Alert color="red" role="alert">{trouble}</Alert>}
            <TextInput label={t('mise_en_service.code')} description={t('mise_en_service.code_aide')} autoComplete="off" autoCapitalize="off" spellCheck={false} required autoFocus={!form.values.code} {...form.getInputProps('code')} />
            <TextInput label={t('mise_en_service.nom')} autoComplete="name" required autoFocus={!!form.values.code} {...form.getInputProps('full_name')} />
            <TextInput label={t('mise_en_service.identifiant')} autoComplete="username" autoCapitalize="off" spellCheck={false} required {...form.getInputProps('username')} />
            <TextInput label={t('mise_en_service.email')} type="email" autoComplete="email" required {...form.getInputProps('email')} />
            <PasswordInput label={t('connexion.mot_de_passe')} description={t('mise_en_service.longueur')} autoComplete="new-password" required visibilityToggleButtonProps={{ 'aria-label': t('connexion.montrer') }} {...form.getInputProps('password')} />
            <Button type="submit" loading={busy} fullWidth>{t('mise_en_service.creer')}</Button>
            <Langues />
          </Stack>
        </form>
      </Paper>
    </Box>
  );
}
