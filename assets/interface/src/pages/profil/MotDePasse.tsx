import { Button, Card, Group, PasswordInput, Stack, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { useSession } from '@/session/session';
import { useSave } from '@/ui/save';
import { tell } from '@/ui/toast';

/** Choosing another password. `given`: the present one is somebody else's choice, and nothing else can be done before. */
export function MotDePasse({ given }: { given?: boolean }) {
  const { t } = useTranslation('profil');
  const { refreshMe } = useSession();
  const form = useForm({ initialValues: { current_password: '', new_password: '' } });
  const save = useSave(async (body: typeof form.values) => {
    await ok(api.POST('/api/v1/auth/change-password', { body }));
    form.reset();
    tell({ message: t('change') });
    await refreshMe();
  }, form);
  return (
    <Card withBorder>
      <form onSubmit={form.onSubmit((values) => void save.run(values))}>
        <Stack>
          {!given && <Title order={2} size="h4">{t('mot_de_passe')}</Title>}
          <PasswordInput label={t(given ? 'mot_de_passe_recu.ancien' : 'ancien')} autoComplete="current-password" required {...form.getInputProps('current_password')} />
          <PasswordInput label={t('nouveau')} description={t('longueur')} autoComplete="new-password" required minLength={12} {...form.getInputProps('new_password')} />
          <Group><Button type="submit" variant={given ? 'filled' : 'light'} loading={save.busy}>{t('mot_de_passe')}</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}
