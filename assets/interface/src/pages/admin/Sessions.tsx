//! Where somebody is signed in, and how that is ended from here.

import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { Section } from '@/ui/Section';
import { confirm } from '@/ui/confirm';
import { ago } from '@/ui/format';
import { useSave } from '@/ui/save';

export function Sessions({ user }: { user: number }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const key = ['utilisateurs', user, 'sessions'];
  const { data } = useQuery({ queryKey: key, queryFn: () => ok(api.GET('/api/v1/users/{id}/sessions', { params: { path: { id: user } } })) });
  const reread = () => queries.invalidateQueries({ queryKey: key });
  const end = useSave(async (session: number) => {
    await ok(api.DELETE('/api/v1/users/{id}/sessions/{session}', { params: { path: { id: user, session } } }));
    await reread();
  });
  const endAll = useSave(async () => {
    await ok(api.DELETE('/api/v1/users/{id}/sessions', { params: { path: { id: user } } }));
    await reread();
  });
  if (!data) return null;
  const others = data.items.filter(({ current }) => !current);
  return (
    <Section
      title={t('sessions')}
      actions={others.length > 1 && (
        <Button variant="light" color="red" loading={endAll.busy} onClick={async () => {
          if (await confirm({ title: t('tout_deconnecter'), text: t('deconnecter_texte'), action: t('tout_deconnecter') })) void endAll.run();
        }}>{t('tout_deconnecter')}</Button>
      )}
    >
      {data.items.length === 0 && <Text c="dimmed">{t('aucune_session')}</Text>}
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
        {data.items.map((session) => (
          <Group key={session.id} component="li" justify="space-between" wrap="nowrap" align="start">
            <div>
              <Text size="sm">{session.user_agent ?? '—'}</Text>
              <Text size="sm" c="dimmed">{session.current ? t('session_ici') : t('session_vue', { quand: ago(session.last_used_at) })}{session.address && <> · <bdi>{session.address}</bdi></>}</Text>
            </div>
            {!session.current && <Button variant="subtle" loading={end.busy} onClick={() => void end.run(session.id)} style={{ flexShrink: 0 }}>{t('deconnecter')}</Button>}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
