import { Badge, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Schemas, api, ok } from '@/api/client';
import { number } from '@/ui/format';
import type { ListQuery } from '@/ui/list/DataList';
import { Trouble, Waiting } from '@/ui/states';
import { Carte } from './Carte';
import classes from './Tableau.module.css';
import { type ColumnKey, FINISHED_DAYS, type Statut } from '../transition/workflow';

type Intervention = Schemas['Intervention'];
type Listing = Schemas['Listing_Intervention'];

export function Colonne({ statut, query, target, dragged, drag, drop, move }: {
  statut: ColumnKey;
  query: ListQuery;
  /** Whether what is dragged may be dropped here; unknown while nothing is, or until the server has said. */
  target: boolean | undefined;
  dragged: Intervention | null;
  drag: (row: Intervention | null) => void;
  drop: () => void;
  move: (row: Intervention, to: Statut) => void;
}) {
  const { t } = useTranslation('tableau');
  const { t: word } = useTranslation('valeurs');
  const { t: common } = useTranslation();
  const [over, setOver] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ['interventions', 'tableau', statut, query],
    queryFn: ({ pageParam }): Promise<Listing> => ok(api.GET('/api/v1/interventions/', {
      params: { query: { ...query, statut: [statut], page_size: 30, ...(pageParam && { cursor: pageParam }) } },
    })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const first = list.data?.pages[0];
  const accepts = dragged !== null && dragged.statut !== statut && target !== false;
  return (
    <section
      aria-labelledby={`colonne-${statut}`}
      className={classes.column}
      data-target={dragged && dragged.statut !== statut ? target : undefined}
      data-over={(over && accepts) || undefined}
      onDragOver={(event) => {
        if (!accepts) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'move';
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (accepts) drop();
      }}
    >
      <Group gap="xs" mb="xs" wrap="nowrap">
        <Title order={2} size="h5" id={`colonne-${statut}`}>{word(`statut.${statut}`)}</Title>
        {first && <Badge variant="default" className="tabular">{first.total_exact ? number(first.total) : `${number(first.total)}+`}</Badge>}
      </Group>
      {statut === 'termine' && <Text size="sm" c="dimmed" mb="xs">{t('termine_depuis', { count: FINISHED_DAYS })}</Text>}
      {list.error && !list.data ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Waiting><Stack gap="xs" aria-busy>{[0, 1, 2].map((place) => <Skeleton key={place} h={130} />)}</Stack></Waiting>
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed" py="md" ta="center">{t('vide')}</Text>
      ) : (
        <Stack component="ul" gap="xs" className={classes.cards} data-stale={list.isPlaceholderData || undefined}>
          {rows.map((row) => <Carte key={row.id} row={row} dragged={dragged?.id === row.id} drag={drag} move={move} />)}
        </Stack>
      )}
      {list.hasNextPage && (
        <Button variant="subtle" fullWidth mt="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{common('liste.charger')}</Button>
      )}
    </section>
  );
}
