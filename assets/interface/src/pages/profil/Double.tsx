//! The second factor of one's own sign-in: set up, other recovery codes, taken off.

import { Alert, Button, Card, Code, CopyButton, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { useSession } from '@/session/session';
import { Instant } from '@/ui/format';
import { useSave } from '@/ui/save';

type Step = 'begin' | 'recovery' | 'remove' | null;

/** `required`: nothing else can be done before. */
export function Double({ required = false }: { required?: boolean }) {
  const { t } = useTranslation('profil');
  const { refreshMe } = useSession();
  const [step, setStep] = useState<Step>(null);
  const [codes, setCodes] = useState<string[]>();
  const { data, refetch } = useQuery({ queryKey: ['double'], queryFn: () => ok(api.GET('/api/v1/auth/double')) });
  const done = async (made?: string[]) => {
    setStep(null);
    setCodes(made);
    await refetch();
    // Where it was required, the rest opens only once the codes are put away.
    if (!required) await refreshMe();
  };
  return (
    <Card withBorder component="section">
      <Stack>
        <Title order={2} size="h4">{t('double.titre')}</Title>
        {codes ? <Recovery codes={codes} done={async () => { setCodes(undefined); await refreshMe(); }} /> : data && (data.active ? (
          <>
            <Text size="sm">{t('double.active')} <Instant value={data.active_le} />. {t('double.restants', { count: data.codes_restants })}</Text>
            {step === null && (
              <Group>
                <Button variant="light" onClick={() => setStep('recovery')}>{t('double.autres_codes')}</Button>
                {!data.exigee && <Button variant="subtle" color="red" onClick={() => setStep('remove')}>{t('double.retirer')}</Button>}
              </Group>
            )}
            {step === 'recovery' && <Proof action={t('double.autres_codes')} cancel={() => setStep(null)} send={async ({ totp }) => done((await ok(api.POST('/api/v1/auth/double/codes', { body: { totp } }))).codes_secours)} />}
            {step === 'remove' && <Proof withPassword action={t('double.retirer')} cancel={() => setStep(null)} send={async (body) => { await ok(api.POST('/api/v1/auth/double/retirer', { body })); await done(); }} />}
          </>
        ) : (
          <>
            <Text size="sm" c="dimmed">{t('double.texte')}</Text>
            {step === null ? <Group><Button variant="light" onClick={() => setStep('begin')}>{t('double.mettre')}</Button></Group> : <Begin cancel={() => setStep(null)} done={done} />}
          </>
        ))}
      </Stack>
    </Card>
  );
}

/** The password, then the secret to scan, then a first code. */
function Begin({ cancel, done }: { cancel: () => void; done: (codes: string[]) => Promise<void> }) {
  const { t } = useTranslation('profil');
  const [told, setTold] = useState<Schemas['Enrolement']>();
  const form = useForm({ initialValues: { password: '' } });
  const begin = useSave(async (body: typeof form.values) => setTold(await ok(api.POST('/api/v1/auth/double', { body }))), form);
  if (!told) {
    return (
      <form onSubmit={form.onSubmit((values) => void begin.run(values))}>
        <Stack>
          <PasswordInput label={t('double.mot_de_passe')} autoComplete="current-password" required data-autofocus autoFocus {...form.getInputProps('password')} />
          <Buttons busy={begin.busy} cancel={cancel}>{t('double.suite')}</Buttons>
        </Stack>
      </form>
    );
  }
  return (
    <Stack>
      <Text size="sm">{t('double.scanner')}</Text>
      <img src={`data:image/svg+xml,${encodeURIComponent(told.qr_svg)}`} alt={t('double.qr')} width="220" height="220" style={{ background: '#fff' }} />
      <Text size="sm">{t('double.taper')} <Code dir="ltr" style={{ overflowWrap: 'anywhere' }}>{told.secret}</Code></Text>
      <Proof action={t('double.confirmer')} cancel={cancel} send={async ({ totp }) => done((await ok(api.POST('/api/v1/auth/double/confirmer', { body: { totp } }))).codes_secours)} />
    </Stack>
  );
}

/** A code of the application, and the password where that alone is not enough. */
function Proof({ withPassword = false, action, send, cancel }: {
  withPassword?: boolean;
  action: string;
  send: (body: { password: string; totp: string }) => Promise<void>;
  cancel: () => void;
}) {
  const { t } = useTranslation('profil');
  const form = useForm({ initialValues: { password: '', totp: '' } });
  const save = useSave(send, form);
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))}>
      <Stack>
        {withPassword && <PasswordInput label={t('double.mot_de_passe')} autoComplete="current-password" required {...form.getInputProps('password')} />}
        <TextInput label={t('double.code')} autoComplete="one-time-code" inputMode="numeric" required dir="ltr" autoFocus {...form.getInputProps('totp')} />
        <Buttons busy={save.busy} cancel={cancel}>{action}</Buttons>
      </Stack>
    </form>
  );
}

function Buttons({ busy, cancel, children }: { busy: boolean; cancel: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Group>
      <Button type="submit" loading={busy}>{children}</Button>
      <Button variant="subtle" onClick={cancel}>{t('annuler')}</Button>
    </Group>
  );
}

/** Shown once. */
function Recovery({ codes, done }: { codes: string[]; done: () => Promise<void> }) {
  const { t } = useTranslation('profil');
  return (
    <Stack>
      <Alert color="teal" title={t('double.secours')}>{t('double.secours_texte')}</Alert>
      <SimpleGrid cols={2} spacing="xs" dir="ltr">{codes.map((code) => <Code key={code} fz="md">{code}</Code>)}</SimpleGrid>
      <Group>
        <CopyButton value={codes.join('\n')}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{t(copied ? 'double.copie' : 'double.copier')}</Button>}</CopyButton>
        <Button onClick={() => void done()}>{t('double.gardes')}</Button>
      </Group>
    </Stack>
  );
}
