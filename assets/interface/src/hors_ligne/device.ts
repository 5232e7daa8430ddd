//! What this device keeps for the person signed in: what they read, what they began to write, who they are.
//! What waits to be sent is kept elsewhere (`outbox.ts`): it outlives the person's signing out.

import type { PersistedClient, Persister } from '@tanstack/react-query-persist-client';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Schemas } from '@/api/client';

export interface Kept extends DBSchema {
  /** Single values by name. */
  values: { key: string; value: unknown };
  /** Drafts of forms, by the address of the page. */
  drafts: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Kept>> | undefined;
const database = () =>
  (opened ??= openDB<Kept>('interventions', 1, {
    upgrade(db) {
      db.createObjectStore('values');
      db.createObjectStore('drafts');
    },
  }));

/** A browser that keeps nothing (private windows may) still lets people work: it just forgets. */
async function tolerant<T>(run: (db: IDBPDatabase<Kept>) => Promise<T>): Promise<T | undefined> {
  try {
    return await run(await database());
  } catch (error) {
    console.warn('nothing is kept on this device', error);
    return undefined;
  }
}

export const device = {
  me: () => tolerant((db) => db.get('values', 'me')) as Promise<Schemas['User'] | undefined>,
  setMe: (me: Schemas['User']) => tolerant((db) => db.put('values', me, 'me')),
  forgetReadings: () => {
    dropLatest();
    return tolerant((db) => db.delete('values', 'readings'));
  },
  forgetAll: () => {
    dropLatest();
    return tolerant(async (db) => {
      await Promise.all([db.clear('values'), db.clear('drafts')]);
    });
  },
  draft: (key: string) => tolerant((db) => db.get('drafts', key)),
  setDraft: (key: string, value: unknown) => tolerant((db) => db.put('drafts', value, key)),
  dropDraft: (key: string) => tolerant((db) => db.delete('drafts', key)),
};

/** What of the readings is kept: all that ever arrived, also when the latest attempt to read it anew failed. */
export const keptReadings = {
  shouldDehydrateQuery: ({ state, meta }: { state: { data: unknown }; meta?: { kept?: boolean } | undefined }) =>
    state.data !== undefined && meta?.kept !== false,
  shouldDehydrateMutation: () => false,
};

/** A failed attempt is forgotten at a reload: what was read before it counts. */
function asRead(client: PersistedClient): PersistedClient {
  const queries = client.clientState.queries.map((query) =>
    query.state.status === 'success' ? query : { ...query, state: { ...query.state, status: 'success' as const, error: null } });
  return { ...client, clientState: { ...client.clientState, queries } };
}

/** The library hands over all readings at each change of one: they are written together, once a second at most. */
const PAUSE = 1000;
let latest: PersistedClient | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

async function write() {
  clearTimeout(timer);
  timer = undefined;
  const client = latest;
  latest = undefined;
  if (client) await tolerant((db) => db.put('values', asRead(client), 'readings'));
}
// The last chance before a phone puts the page to sleep.
if (typeof document !== 'undefined') document.addEventListener('visibilitychange', () => void write());

/** Keeps what was read, so that it opens without reception. */
export const readings: Persister = {
  persistClient: (client: PersistedClient) => {
    latest = client;
    timer ??= setTimeout(() => void write(), PAUSE);
  },
  restoreClient: () => tolerant((db) => db.get('values', 'readings')) as Promise<PersistedClient | undefined>,
  removeClient: async () => {
    await device.forgetReadings();
  },
};

/** What was read and not yet written is forgotten as well. */
function dropLatest() {
  clearTimeout(timer);
  timer = latest = undefined;
}
