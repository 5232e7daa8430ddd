//! What others do, as it happens: the stream of events makes what is on the screen be read again.

import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, authorised, ok } from '@/api/client';
import { heard, isOnline, onOnline } from '@/hors_ligne/online';
import { type StreamEvent, parser } from './stream';

/** The first part of the keys under which readings of an entity are kept. */
const READINGS: Record<string, string[]> = {
  intervention: ['interventions', 'calendrier', 'accueil'],
  equipement: ['equipements'],
  demande: ['demandes', 'accueil'],
  document: ['documents'],
  planning: ['planning', 'calendrier'],
  piece: ['pieces', 'accueil'],
  technicien: ['techniciens', 'calendrier'],
  absence: ['techniciens', 'calendrier'],
  competence: ['competences', 'techniciens'],
  jour_ferie: ['planning', 'calendrier'],
  site: ['sites', 'equipements'],
  client: ['clients', 'sites'],
  gamme: ['gammes'],
  compteur: ['compteurs', 'equipements'],
};

type Change = { entite: string; id: number; action: string; version?: number };

/** Follows the stream while the page is open, and reads all again after a gap. */
export function useEvents() {
  const queries = useQueryClient();
  useEffect(() => {
    const stopped = new AbortController();
    void follow(queries, stopped.signal);
    return () => stopped.abort();
  }, [queries]);
}

async function follow(queries: QueryClient, stop: AbortSignal) {
  let last = '';
  let failures = 0;
  while (!stop.aborted) {
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (last) headers['Last-Event-ID'] = last;
      const response = await authorised(new Request('/api/v1/evenements', { headers, signal: stop }));
      if (response.status === 401) return;
      if (!response.ok || !response.body) throw new Error(`stream: ${response.status}`);
      heard(true);
      // What was read before the stream was open may have changed in between.
      if (!last) void queries.invalidateQueries();
      failures = 0;
      const feed = parser((event) => {
        last = event.id || last;
        act(queries, event);
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) feed(read.value);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof TypeError) heard(false);
    }
    failures += 1;
    await pause(Math.min(1000 * 2 ** failures, 30_000), stop);
  }
}

/** Waits, or until reception comes back. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      off();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const off = onOnline(() => isOnline() && end());
    stop.addEventListener('abort', end, { once: true });
  });
}

function act(queries: QueryClient, { event, data }: StreamEvent) {
  if (event === 'recharger') return void queries.invalidateQueries();
  if (event === 'notification') return void queries.invalidateQueries({ queryKey: ['notifications'] });
  if (event !== 'changement') return;
  const change = JSON.parse(data) as Change;
  for (const key of READINGS[change.entite] ?? []) void queries.invalidateQueries({ queryKey: [key] });
}

/** How many messages of one's own are unread. */
export function useUnread(): number {
  const { data } = useQuery({
    queryKey: ['notifications', 'non_lues'],
    queryFn: async () => {
      const query = { lue: false, page_size: 1 };
      return (await ok(api.GET('/api/v1/notifications/', { params: { query } }))).total;
    },
  });
  return data ?? 0;
}
