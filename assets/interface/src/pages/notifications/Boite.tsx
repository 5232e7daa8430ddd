import { ActionIcon, Button, Card, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconBellOff, IconCheck, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Schemas, api, ok } from '@/api/client';
import { PageHead } from '@/ui/PageHead';
import { ago } from '@/ui/format';
import { useSave } from '@/ui/save';
import { Empty, Loading, Trouble } from '@/ui/states';

type Message = Schemas['Notification'];

export default function Boite() {
  const { t } = useTranslation('notifications');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const inbox = useInfiniteQuery({
    queryKey: ['notifications', 'boite'],
    queryFn: ({ pageParam }) => ok(api.GET('/api/v1/notifications/', { params: { query: { page_size: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  const reread = () => queries.invalidateQueries({ queryKey: ['notifications'] });
  const readOne = useSave(async (message: Message) => {
    if (!message.lue) await ok(api.PATCH('/api/v1/notifications/{id}/lue', { params: { path: { id: message.id } } }));
    await reread();
    if (message.intervention_id) go(`/interventions/${message.intervention_id}`);
  });
  const readAll = useSave(async () => {
    await ok(api.POST('/api/v1/notifications/tout-lire'));
    await reread();
  });
  const remove = useSave(async (id: number) => {
    await ok(api.DELETE('/api/v1/notifications/{id}', { params: { path: { id } } }));
    await reread();
  });
  if (inbox.isPending) return <Loading />;
  if (inbox.error) return <Trouble error={inbox.error} retry={() => void inbox.refetch()} />;
  const messages = inbox.data.pages.flatMap((page) => page.items);
  return (
    <Stack maw={760}>
      <PageHead title={t('titre')}>
        {messages.some((message) => !message.lue) && <Button variant="light" leftSection={<IconCheck size={18} />} loading={readAll.busy} onClick={() => void readAll.run()}>{t('tout_lire')}</Button>}
      </PageHead>
      {messages.length === 0 && <Empty icon={IconBellOff} title={t('vide')} />}
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
        {messages.map((message) => (
          <Card key={message.id} component="li" withBorder padding="sm" bg={message.lue ? undefined : 'light-dark(var(--mantine-color-marine-0), var(--mantine-color-dark-6))'}>
            <Group justify="space-between" wrap="nowrap" align="start">
              <UnstyledButton flex={1} miw={0} disabled={readOne.busy} onClick={() => void readOne.run(message)}>
                <Text fw={message.lue ? 400 : 700}>{!message.lue && <span className="only-read">{t('non_lue')} </span>}<bdi>{message.titre}</bdi></Text>
                <Text size="sm" fw={400}><bdi>{message.contenu}</bdi></Text>
                <Text size="sm" c="dimmed" fw={400}>{ago(message.date)}</Text>
              </UnstyledButton>
              <ActionIcon aria-label={`${common('supprimer')} : ${message.titre}`} onClick={() => void remove.run(message.id)}><IconTrash size={18} /></ActionIcon>
            </Group>
          </Card>
        ))}
      </Stack>
      {inbox.hasNextPage && <Button variant="default" loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>{common('liste.charger')}</Button>}
    </Stack>
  );
}
