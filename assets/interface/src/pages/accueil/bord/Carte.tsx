import { Anchor, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Trouble, Waiting } from '@/ui/states';
import classes from './Bord.module.css';

/** A card of the dashboard with a few rows; as high while it reads as with them, so that nothing jumps. */
export function Carte<Data>({ title, more, query, rows, empty, note }: {
  title: string;
  /** Where all of it is. */
  more: string;
  query: { data: Data | undefined; error: Error | null; refetch: () => Promise<unknown> };
  rows: (data: Data) => ReactNode[];
  /** What to say when there are none. */
  empty: string;
  note?: string | undefined;
}) {
  const { t } = useTranslation('bord');
  const id = useId();
  const shown = query.data === undefined ? [] : rows(query.data);
  return (
    <Card withBorder component="section" aria-labelledby={id} mih={440}>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h4" id={id}>{title}</Title>
        <Anchor component={Link} href={more} size="sm" py={8} aria-label={`${t('tout_voir')} : ${title}`}>{t('tout_voir')}</Anchor>
      </Group>
      {query.data === undefined
        ? query.error
          ? <Trouble error={query.error} retry={() => void query.refetch()} />
          : <Waiting><Stack gap={6} aria-busy>{[0, 1, 2, 3, 4, 5].map((place) => <Skeleton key={place} h={46} />)}</Stack></Waiting>
        : shown.length ? <ul className={classes.rows}>{shown}</ul> : <Text c="dimmed" py="md">{empty}</Text>}
      {note && <Text size="sm" c="dimmed" mt="auto" pt="xs">{note}</Text>}
    </Card>
  );
}
