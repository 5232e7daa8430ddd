//! The rows of a list of any length. Only the first page and those in sight are read again when something changes,
//! however far somebody has scrolled.

import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { type ListState, asQuery } from './address';
import { type Chain, PAGE, START, follow, known } from './chain';
import type { Facets } from './Filters';

export type Listing<Row> = { items: Row[]; total: number; total_exact: boolean; next_cursor?: string | null; facettes?: Facets };
/** What is asked of the API: filters, and where to go on. */
export type ListQuery = Record<string, string | string[] | number | undefined>;

/** How many rows before the end of what is known the next page is asked for. */
const AHEAD = 30;

export function useRows<Row>({ name, state, fixed, load }: {
  name: string;
  state: ListState;
  fixed: ListQuery | undefined;
  load: (query: ListQuery) => Promise<Listing<Row>>;
}) {
  const queries = useQueryClient();
  const asked = { ...asQuery(state), ...fixed };
  const of = JSON.stringify(asked);
  const [kept, setKept] = useState<{ of: string; chain: Chain }>({ of, chain: START });
  const [[from, to], setSight] = useState<readonly [number, number]>([0, 0]);

  const page = (start: string | undefined) => ({
    queryKey: [name, 'liste', asked, start ?? null],
    queryFn: () => load({ ...asked, page_size: PAGE, ...(start && { cursor: start }) }),
    // Without reception the first page of a list has to do.
    ...(start && { gcTime: 5 * 60_000, meta: { kept: false } }),
  });
  let chain = kept.of === of ? kept.chain : START;
  const first = useQuery({ ...page(undefined), placeholderData: keepPreviousData });
  const wanted = chain.starts.map((_, at) => at).slice(Math.max(from, 1), to + 1);
  const others = useQueries({ queries: wanted.map((at) => page(chain.starts[at])) });

  const read = new Map<number, Row[]>();
  [first, ...others].forEach(({ data, isPlaceholderData }, place) => {
    if (!data) return;
    const at = place === 0 ? 0 : wanted[place - 1]!;
    read.set(at, data.items);
    if (!isPlaceholderData) chain = follow(chain, at, data);
  });
  if (kept.of !== of || kept.chain !== chain) setKept({ of, chain });

  return {
    first,
    /** How many rows are there to scroll to, as far as is known. */
    count: first.isPlaceholderData ? (first.data?.items.length ?? 0) : known(chain),
    /** A row, unless it is still being read. */
    row: (index: number): Row | undefined => read.get(Math.floor(index / PAGE))?.[index % PAGE],
    /** All rows that were read so far. */
    all: () => chain.starts.flatMap((start) => queries.getQueryData<Listing<Row>>(page(start).queryKey)?.items ?? []),
    /** Says which rows are on the screen. */
    see: useCallback((first: number, last: number) => {
      const next = [Math.floor(first / PAGE), Math.floor((last + AHEAD) / PAGE)] as const;
      setSight((now) => (now[0] === next[0] && now[1] === next[1] ? now : next));
    }, []),
  };
}
