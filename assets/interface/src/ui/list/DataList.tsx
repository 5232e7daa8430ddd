//! A list of any length: a table on a desk, cards on a phone. Rows are read as they come into sight.

import { ActionIcon, Box, Button, Checkbox, Group, Menu, Paper, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconColumns3, IconInbox } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, memo, useCallback, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Empty, Trouble, Waiting } from '@/ui/states';
import { useIsPhone } from '@/ui/phone';
import type listes from '@/textes/fr/listes.json';
import classes from './DataList.module.css';
import type { useListState } from './address';
import { type Filter, Filters } from './Filters';
import { PrintTable } from './PrintTable';
import { usePrinting } from './printing';
import { type ListQuery, type Listing, useRows } from './rows';

export type { ListQuery } from './rows';

export type Column<Row> = {
  key: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** The key by which the API sorts it, if it does. */
  sort?: string;
  width?: string;
  align?: 'end';
  /** What people wrote, which reads its own way whatever the language of the page. */
  text?: boolean;
  /** Shown only when the reader asks for it. */
  optional?: boolean;
};

/** What can be counted: `listes.json` says of each how many. */
export type ListName = keyof typeof listes extends infer Key ? (Key extends `${infer Name}_other` ? Name : never) : never;

type Props<Row> = {
  /** Of what is listed; also under which name the reader's columns are kept. */
  name: ListName;
  list: ReturnType<typeof useListState>;
  load: (query: ListQuery) => Promise<Listing<Row>>;
  columns: Column<Row>[];
  filters: Filter[];
  id: (row: Row) => number;
  /** Where a row leads. */
  href: (row: Row) => string;
  /** On a phone: what a card says; the first of it is the link. */
  card: (row: Row, link: (content: ReactNode) => ReactNode) => ReactNode;
  /** Filters that always hold, beside those of the address. */
  fixed?: ListQuery;
  selection?: { chosen: ReadonlySet<number>; choose: (chosen: Set<number>) => void };
  empty?: ReactNode;
};

const ROW = 53;
const CARD = 116;

export function DataList<Row>({ name, list, load, columns, filters, id, href, card, fixed, selection, empty }: Props<Row>) {
  const { t } = useTranslation();
  const { t: counted } = useTranslation('listes');
  const { state, set } = list;
  const isPhone = useIsPhone();
  const rows = useRows<Row>({ name, state, fixed, load });
  const query = rows.first;
  const first = query.data;
  const top = useRef<HTMLElement | null>(null);
  const atTop = (element: HTMLElement | null) => void (top.current = element);
  const virtual = useWindowVirtualizer({
    count: rows.count,
    estimateSize: () => (isPhone ? CARD : ROW),
    overscan: 12,
    scrollMargin: top.current?.offsetTop ?? 0,
  });
  const printing = usePrinting();
  const shown = virtual.getVirtualItems();
  const { see } = rows;
  const [above, below] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  useEffect(() => see(above, below), [see, above, below]);

  const [hidden, setHidden] = useLocalStorage<string[]>({
    key: `colonnes-${name}`,
    defaultValue: columns.filter((column) => column.optional).map((column) => column.key),
    getInitialValueInEffect: false,
  });
  const visible = useMemo(() => columns.filter((column) => !hidden.includes(column.key)), [columns, hidden]);
  const choose = useCallback((id: number, on: boolean) => {
    if (!selection) return;
    const next = new Set(selection.chosen);
    if (on) next.add(id);
    else next.delete(id);
    selection.choose(next);
  }, [selection]);
  const isNarrowed = state.q !== '' || Object.keys(state.filters).length > 0;
  const combien = first && counted(name, { count: first.total });
  const total = first && (first.total_exact ? combien : counted('plus_de', { combien }));

  return (
    <Stack gap="sm">
      <Filters list={list} filters={filters} facets={first?.facettes} />
      <Group justify="space-between" className="no-print" mih={44}>
        <Text size="sm" c="dimmed" role="status">{total ?? ' '}</Text>
        {isPhone ? null : <ColumnMenu columns={columns} hidden={hidden} setHidden={setHidden} />}
      </Group>
      {printing ? (
        <PrintTable
          rows={selection?.chosen.size ? rows.all().filter((row) => selection.chosen.has(id(row))) : rows.all()}
          total={total}
          columns={visible}
          id={id}
        />
      ) : query.error && !query.data ? (
        <Trouble error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Waiting><Stack gap={6} aria-busy>{Array.from({ length: 12 }, (_, index) => <Skeleton key={index} h={isPhone ? CARD - 8 : ROW - 6} />)}</Stack></Waiting>
      ) : rows.count === 0 ? (
        isNarrowed ? (
          <Empty icon={IconInbox} title={t('liste.vide')} text={t('liste.vide_filtre')}>
            <Button variant="light" onClick={() => set({ q: '', filters: {} })}>{t('liste.effacer_filtres')}</Button>
          </Empty>
        ) : (empty ?? <Empty icon={IconInbox} title={t('liste.vide')} />)
      ) : isPhone ? (
        <Box ref={atTop} component="ul" className={classes.cards} style={{ height: virtual.getTotalSize() }} data-stale={query.isPlaceholderData || undefined}>
          {shown.map(({ index, start, key }) => {
            const row = rows.row(index);
            return (
              <li key={key} ref={virtual.measureElement} data-index={index} style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}>
                {row === undefined ? <Skeleton h={CARD - 8} /> : (
                  <Paper withBorder p="sm" pos="relative">
                    {card(row, (content) => <Link href={href(row)} className={`cover ${classes.link}`}>{content}</Link>)}
                  </Paper>
                )}
              </li>
            );
          })}
        </Box>
      ) : (
        <div ref={atTop} className={classes.frame} data-stale={query.isPlaceholderData || undefined}>
          <table className={classes.table} aria-rowcount={first?.total_exact ? first.total : -1}>
            <thead>
              <tr>
                {selection && (
                  <th className={classes.tick}>
                    <Checkbox
                      aria-label={t('liste.choisir_tout')}
                      checked={selection.chosen.size > 0 && selection.chosen.size >= rows.count}
                      indeterminate={selection.chosen.size > 0 && selection.chosen.size < rows.count}
                      onChange={({ currentTarget }) => selection.choose(new Set(currentTarget.checked ? rows.all().map(id) : []))}
                    />
                  </th>
                )}
                {visible.map((column) => <Header key={column.key} column={column} tri={state.tri} sort={(tri) => set({ tri })} />)}
              </tr>
            </thead>
            <tbody>
              <tr aria-hidden style={{ height: (shown[0]?.start ?? 0) - virtual.options.scrollMargin }} />
              {shown.map(({ index, key }) => {
                const row = rows.row(index);
                if (row === undefined) return <tr key={key} aria-rowindex={index + 2}><td colSpan={visible.length + (selection ? 1 : 0)}><Skeleton h={20} /></td></tr>;
                return (
                  <Line
                    key={key}
                    row={row}
                    index={index}
                    columns={visible}
                    id={id}
                    name={name}
                    href={href}
                    chosen={selection?.chosen.has(id(row))}
                    choose={choose}
                  />
                );
              })}
              <tr aria-hidden style={{ height: virtual.getTotalSize() - (shown.at(-1)?.end ?? 0) + virtual.options.scrollMargin }} />
            </tbody>
          </table>
        </div>
      )}
    </Stack>
  );
}

type LineProps<Row> = Pick<Props<Row>, 'columns' | 'id' | 'name' | 'href'> & {
  row: Row;
  index: number;
  /** Undefined where rows are not chosen. */
  chosen: boolean | undefined;
  choose: (id: number, on: boolean) => void;
};

/** One row of the table; drawn again only when it is another, not whenever somebody scrolls. */
const Line = memo(function Line<Row>({ row, index, columns, id, name, href, chosen, choose }: LineProps<Row>) {
  return (
    <tr aria-rowindex={index + 2} data-chosen={chosen || undefined}>
      {chosen !== undefined && (
        <td className={classes.tick}>
          <Checkbox aria-labelledby={`${name}-${id(row)}`} checked={chosen} onChange={({ currentTarget }) => choose(id(row), currentTarget.checked)} />
        </td>
      )}
      {columns.map((column, place) => (
        <td key={column.key} dir={column.text ? 'auto' : undefined} style={{ textAlign: column.align }}>
          {place === 0
            ? <Link id={`${name}-${id(row)}`} href={href(row)} className={`cover ${classes.link}`}>{column.cell(row)}</Link>
            : <Cell column={column} row={row} />}
        </td>
      ))}
    </tr>
  );
}) as <Row>(props: LineProps<Row>) => ReactNode;

/** What people wrote takes two lines, and is whole on hover. */
function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = column.cell(row);
  return column.text ? <div className={classes.two} title={typeof content === 'string' ? content : undefined}>{content}</div> : content;
}

function Header<Row>({ column, tri, sort }: { column: Column<Row>; tri: string; sort: (tri: string) => void }) {
  const up = tri === column.sort;
  const down = tri === `-${column.sort}`;
  const style = { width: column.width, textAlign: column.align };
  if (!column.sort) return <th scope="col" style={style}>{column.label}</th>;
  return (
    <th scope="col" style={style} aria-sort={up ? 'ascending' : down ? 'descending' : undefined}>
      <UnstyledButton className={classes.sort} onClick={() => sort(up ? `-${column.sort}` : down ? '' : column.sort!)}>
        {column.label}
        {up && <IconArrowUp size={14} aria-hidden />}
        {down && <IconArrowDown size={14} aria-hidden />}
      </UnstyledButton>
    </th>
  );
}

function ColumnMenu<Row>({ columns, hidden, setHidden }: {
  columns: Column<Row>[];
  hidden: string[];
  setHidden: (hidden: string[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" closeOnItemClick={false} withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t('liste.colonnes')}><IconColumns3 size={20} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.slice(1).map(({ key, label }) => {
          const shown = !hidden.includes(key);
          return (
            <Menu.Item
              key={key}
              role="menuitemcheckbox"
              aria-checked={shown}
              leftSection={<Checkbox checked={shown} readOnly tabIndex={-1} aria-hidden />}
              onClick={() => setHidden(shown ? [...hidden, key] : hidden.filter((other) => other !== key))}
            >
              {label}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
