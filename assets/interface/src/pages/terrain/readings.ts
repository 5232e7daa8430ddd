//! What the phone reads, under the keys that the live stream knows: the same for a page and for fetching it ahead.

import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { type Schemas, api, ok } from '@/api/client';
import { isOnline } from '@/hors_ligne/online';
import { content } from '@/ui/documents/files';
import { plusDays } from './day';

type Statut = Schemas['Intervention']['statut'];
const LIVE: Statut[] = ['planifie', 'en_cours', 'attente_pieces'];
const MANY = 200;
const path = (id: number) => ({ params: { path: { id } } });

export const read = {
  /** From yesterday on: under one key, so that what was read one evening serves the next morning without reception. */
  slots: () => queryOptions({
    queryKey: ['calendrier', 'terrain'],
    queryFn: () => {
      const today = new Date().toISOString().slice(0, 10);
      return ok(api.GET('/api/v1/planning/calendrier', { params: { query: { du: plusDays(today, -1), au: plusDays(today, 7) } } }));
    },
  }),
  open: () => queryOptions({
    queryKey: ['interventions', 'ouvertes'],
    queryFn: () => ok(api.GET('/api/v1/interventions/', { params: { query: { statut: LIVE, page_size: MANY, tri: 'date_debut_prevue' } } })),
  }),
  timer: () => queryOptions({
    queryKey: ['temps', 'en_cours'],
    queryFn: async () => (await ok(api.GET('/api/v1/temps/', { params: { query: { en_cours: true } } }))).items[0] ?? null,
  }),
  one: (id: number) => queryOptions({
    queryKey: ['interventions', id],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}', path(id))),
  }),
  checklist: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'checklist'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/checklist', path(id))),
  }),
  needs: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'pieces'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/pieces', path(id))),
  }),
  used: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'mouvements'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/mouvements', path(id))),
  }),
  time: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'temps'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/temps', path(id))),
  }),
  comments: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'commentaires'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/commentaires', { params: { path: { id }, query: { page_size: MANY } } })),
  }),
  history: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'historique'],
    queryFn: () => ok(api.GET('/api/v1/interventions/{id}/historique', { params: { path: { id }, query: { page_size: MANY } } })),
  }),
  /** `null` when nobody signed. */
  signature: (id: number) => queryOptions({
    queryKey: ['interventions', id, 'signature'],
    queryFn: async () => {
      const { data, error, response } = await api.GET('/api/v1/interventions/{id}/signature', path(id));
      return response.status === 404 ? null : ok(Promise.resolve({ data, error, response }));
    },
  }),
  documents: (id: number) => queryOptions({
    queryKey: ['documents', { intervention_id: id }],
    queryFn: () => ok(api.GET('/api/v1/documents/', { params: { query: { intervention_id: [id], page_size: 100 } } })),
  }),
  /** Under the key of `ui/documents/Thumbnail`. */
  thumbnail: (id: number) => queryOptions({
    queryKey: ['documents', id, 'miniature'],
    queryFn: () => content(`/api/v1/documents/${id}/miniature`),
    staleTime: Infinity,
  }),
  machine: (id: number) => queryOptions({
    queryKey: ['equipements', id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}', path(id))),
  }),
  /** By what a label says: its identifier, the code printed on it, or one that a machine had before; `null` when none is or was called so. */
  label: (lue: string) => queryOptions({
    queryKey: ['equipements', 'etiquette', lue.toUpperCase()],
    queryFn: async () => {
      const { data, error, response } = await api.GET('/api/v1/equipements/etiquette', { params: { query: { lue } } });
      return response.status === 404 ? null : ok(Promise.resolve({ data, error, response }));
    },
  }),
  machineWork: (id: number) => queryOptions({
    queryKey: ['interventions', 'sur', id],
    queryFn: () => ok(api.GET('/api/v1/equipements/{id}/interventions', { params: { path: { id }, query: { statut: LIVE, page_size: 50 } } })),
  }),
  parts: () => queryOptions({
    queryKey: ['pieces', 'terrain'],
    queryFn: () => ok(api.GET('/api/v1/pieces/', { params: { query: { statut: ['actif'], page_size: MANY } } })),
    staleTime: 5 * 60_000,
  }),
  /** The parts that fit a machine come first. */
  fitting: (machine: number) => queryOptions({
    queryKey: ['pieces', 'terrain', machine],
    queryFn: () => ok(api.GET('/api/v1/pieces/', { params: { query: { statut: ['actif'], equipement_id: [machine], page_size: MANY } } })),
    staleTime: 5 * 60_000,
  }),
  codes: () => queryOptions({
    queryKey: ['codes', 'terrain'],
    queryFn: () => ok(api.GET('/api/v1/codes/', { params: { query: { actif: true, page_size: MANY } } })),
    staleTime: 5 * 60_000,
  }),
  codesRequired: () => queryOptions({
    queryKey: ['codes', 'reglages'],
    queryFn: async () => (await ok(api.GET('/api/v1/codes/reglages'))).codes_obligatoires,
    staleTime: 5 * 60_000,
  }),
};

/** What nobody is said to have changed is not read ahead again before. */
const FRESH = 10 * 60_000;

/** What is needed to do an intervention without reception, read ahead one request at a time. */
export async function readAhead(queries: QueryClient, work: { intervention: number; machine: number; code: string }, stop: AbortSignal) {
  const { intervention: id, machine, code } = work;
  for (const options of [
    read.one(id), read.checklist(id), read.needs(id), read.used(id), read.time(id), read.comments(id), read.history(id),
    read.machine(machine), read.label(code), read.machineWork(machine), read.fitting(machine),
  ]) {
    if (stop.aborted || !isOnline()) return;
    await queries.prefetchQuery({ ...(options as ReturnType<typeof read.one>), staleTime: FRESH, retry: false });
  }
  // Without reception the same machine is found by what its label leads by.
  const label = queries.getQueryData(read.label(code).queryKey);
  if (label) queries.setQueryData(read.label(label.equipement.jeton).queryKey, { ...label, lue: label.equipement.jeton, par: 'jeton', aussi: [] } as typeof label);
  const documents = await queries.fetchQuery({ ...read.documents(id), staleTime: FRESH, retry: false }).catch(() => undefined);
  for (const document of documents?.items.filter(({ miniature }) => miniature).slice(0, 20) ?? []) {
    if (stop.aborted || !isOnline()) return;
    await queries.prefetchQuery({ ...read.thumbnail(document.id), retry: false });
  }
}

/** What is the same for all of them. */
export async function readCommon(queries: QueryClient) {
  const options = { retry: false };
  await queries.prefetchQuery({ ...read.codes(), ...options });
  await queries.prefetchQuery({ ...read.codesRequired(), ...options });
  await queries.prefetchQuery({ ...read.parts(), ...options });
  await queries.prefetchQuery({ ...read.timer(), ...options });
}
