//! What stands where the content is not (yet).

import { Alert, Box, Button, Center, Code, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff, type IconTool } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, isUnreachable } from '@/api/problem';
import { NotFound } from '@/app/NotFound';
import { useOnline } from '@/hors_ligne/online';

/** What is read at once is not worth a word. */
const PATIENCE = 400;

/** Whether what is awaited cannot come, because there is no reception. */
function useInVain(): boolean {
  const online = useOnline();
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return waited && !online;
}

/** In place of what is being read: its shape, or, without reception, why nothing comes. */
export function Waiting({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  if (!useInVain()) return children;
  return <Empty icon={IconCloudOff} title={t('erreur.jamais_ouvert')} text={t('erreur.jamais_ouvert_texte')} />;
}

/** In place of a page, or of the `whole` window. */
export function Loading({ whole = false }: { whole?: boolean }) {
  const { t } = useTranslation();
  if (useInVain()) return <Empty icon={IconCloudOff} order={1} title={t('erreur.jamais_ouvert')} text={t('erreur.jamais_ouvert_texte')} />;
  return (
    <Center h={whole ? '100dvh' : '50dvh'} role="status" aria-busy="true">
      <Loader />
    </Center>
  );
}

/** Nothing is here: why, and what to do next. */
export function Empty({ icon: Icon, title, order = 2, text, children }: {
  icon: typeof IconTool;
  title: string;
  /** 1 when it is all of a page. */
  order?: 1 | 2;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" ta="center">
      <Icon size={48} stroke={1.3} aria-hidden color="var(--mantine-color-dimmed)" />
      <Title order={order} size="h3">{title}</Title>
      {text && <Text c="dimmed" maw={460}>{text}</Text>}
      {children && <Group mt="sm" justify="center">{children}</Group>}
    </Stack>
  );
}

/** What went wrong in words, with the number by which the server's log knows it. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  if (error instanceof Problem && error.status === 404) return <NotFound />;
  const unreachable = isUnreachable(error);
  const problem = error instanceof Problem ? error : null;
  return (
    <Box p="md" maw={640} mx="auto">
      <Alert
        color={unreachable ? 'gray' : 'red'}
        icon={unreachable ? <IconCloudOff /> : <IconAlertTriangle />}
        title={unreachable ? t('erreur.sans_reseau') : t('erreur.chargement')}
        role="alert"
      >
        <Stack gap="sm" align="start">
          <Text>{unreachable ? t('erreur.sans_reseau_texte') : (problem?.message ?? t('erreur.inattendue'))}</Text>
          {problem?.requestId && (
            <Text size="sm">{t('erreur.numero')} <Code>{problem.requestId}</Code></Text>
          )}
          {retry && <Button variant="light" onClick={retry}>{t('reessayer')}</Button>}
        </Stack>
      </Alert>
    </Box>
  );
}
