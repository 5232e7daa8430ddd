//! What a list shows is in its address: a link opens the same filters, and the back button undoes the last one.

import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export type ListState = {
  q: string;
  /** As the API writes it: `-date_creation,titre`. Empty: the list's own order. */
  tri: string;
  /** Values by filter; several of one mean "or". */
  filters: Record<string, string[]>;
};

export function read(search: string): ListState {
  const filters: Record<string, string[]> = {};
  const state: ListState = { q: '', tri: '', filters };
  for (const [key, value] of new URLSearchParams(search)) {
    if (key === 'q' || key === 'tri') state[key] = value;
    else (filters[key] ??= []).push(value);
  }
  return state;
}

export function write({ q, tri, filters }: ListState): string {
  const search = new URLSearchParams();
  if (q) search.set('q', q);
  for (const [key, values] of Object.entries(filters)) for (const value of values) search.append(key, value);
  if (tri) search.set('tri', tri);
  return search.toString();
}

/** The list that the address describes, and how to change it. */
export function useListState() {
  const search = useSearch();
  const [location, go] = useLocation();
  const state = useMemo(() => read(search), [search]);
  const set = useCallback(
    (change: Partial<ListState>, options?: { replace?: boolean }) => {
      const next = write({ ...state, ...change });
      go(next ? `${location}?${next}` : location, options);
    },
    [state, location, go],
  );
  const setFilter = useCallback(
    (key: string, values: string[]) => {
      const { [key]: _, ...others } = state.filters;
      set({ filters: values.length ? { ...others, [key]: values } : others });
    },
    [state, set],
  );
  return { state, set, setFilter };
}

/** As a query of the API: flags as booleans are text all the same. */
export function asQuery({ q, tri, filters }: ListState): Record<string, string | string[]> {
  return { ...filters, ...(q && { q }), ...(tri && { tri }) };
}
