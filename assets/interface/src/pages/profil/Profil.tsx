import { Button, Card, Group, PasswordInput, SegmentedControl, Stack, Text, TextInput, Title, useMantineColorScheme } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLogout } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ifMatch, ok } from '@/api/client';
import { LANGUES, type Langue, langue } from '@/app/langue';
import { useMe, useSession } from '@/session/session';
import { PageHead } from '@/ui/PageHead';
import { useSave } from '@/ui/save';
import { ago } from '@/ui/format';
import { tell } from '@/ui/toast';
import { Double } from './Double';
import { MotDePasse } from './MotDePasse';
import { Preferences } from './Preferences';

export default function Profil() {
  const { t } = useTranslation('profil');
  const { t: word } = useTranslation('valeurs');
  const me = useMe();
  const { signOut, refreshMe } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const speakAs = useSave(async (langue: Langue) => {
    await ok(api.PATCH('/api/v1/users/me', { params: { header: ifMatch(me.version) }, body: { langue } }));
    await refreshMe();
  });
  return (
    <Stack maw={640}>
      <PageHead title={t('titre')}>
        <Button variant="default" leftSection={<IconLogout size={18} />} onClick={() => void signOut()}>{t('quitter')}</Button>
      </PageHead>
      <Card withBorder>
        <Text fw={600}>{me.full_name}</Text>
        <Text c="dimmed">{word(`role.${me.role}`)} · {me.username} · {me.email}</Text>
      </Card>
      <Card withBorder>
        <Stack>
          <Group justify="space-between">
            <Text id="langue">{t('langue')}</Text>
            <SegmentedControl
              aria-labelledby="langue"
              value={langue()}
              disabled={speakAs.busy}
              onChange={(value) => void speakAs.run(value as Langue)}
              data={Object.entries(LANGUES).map(([value, label]) => ({ value, label }))}
            />
          </Group>
          <Group justify="space-between">
            <Text id="apparence">{t('apparence')}</Text>
            <SegmentedControl
              aria-labelledby="apparence"
              value={colorScheme}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
              data={[{ value: 'auto', label: t('auto') }, { value: 'light', label: t('clair') }, { value: 'dark', label: t('sombre') }]}
            />
          </Group>
        </Stack>
      </Card>
      <Preferences />
      <Email />
      <MotDePasse />
      <Double />
      <Sessions />
    </Stack>
  );
}

/** Another e-mail address: one signs in by it, so the password is asked again. */
function Email() {
  const { t } = useTranslation('profil');
  const me = useMe();
  const { refreshMe } = useSession();
  const form = useForm({ initialValues: { email: me.email, current_password: '' } });
  const save = useSave(async (body: typeof form.values) => {
    await ok(api.PATCH('/api/v1/users/me', { params: { header: ifMatch(me.version) }, body }));
    form.setFieldValue('current_password', '');
    await refreshMe();
    tell({ message: t('email_change') });
  }, form);
  return (
    <Card withBorder>
      <form onSubmit={form.onSubmit((values) => void save.run(values))}>
        <Stack>
          <Title order={2} size="h4">{t('changer_email')}</Title>
          <TextInput type="email" label={t('email')} autoComplete="email" required maxLength={254} {...form.getInputProps('email')} />
          <PasswordInput label={t('email_mot_de_passe')} autoComplete="current-password" required {...form.getInputProps('current_password')} />
          <Group><Button type="submit" variant="light" loading={save.busy}>{t('changer_email')}</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}

function Sessions() {
  const { t } = useTranslation('profil');
  const { data, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => ok(api.GET('/api/v1/auth/sessions')),
  });
  const end = useSave(async (id: number) => {
    await ok(api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }));
    await refetch();
  });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">{t('sessions')}</Title>
        {data?.items.map((session) => (
          <Group key={session.id} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm">{session.user_agent ?? '—'}</Text>
              <Text size="sm" c="dimmed">{session.current ? t('session_ici') : `${t('vue')} ${ago(session.last_used_at)}`}</Text>
            </div>
            {!session.current && <Button variant="subtle" onClick={() => void end.run(session.id)}>{t('fermer_session')}</Button>}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
