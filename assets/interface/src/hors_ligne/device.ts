//! What this device keeps for the person signed in: what they read, what waits to be sent, who they are.

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
  forgetReadings: () => tolerant((db) => db.delete('values', 'readings')),
  forgetAll: () =>
    tolerant(async (db) => {
      await Promise.all([db.clear('values'), db.clear('drafts')]);
    }),
  draft: (key: string) => tolerant((db) => db.get('drafts', key)),
  setDraft: (key: string, value: unknown) => tolerant((db) => db.put('drafts', value, key)),
  dropDraft: (key: string) => tolerant((db) => db.delete('drafts', key)),
};

/** Keeps what was read, so that it opens without reception. */
export const readings: Persister = {
  persistClient: async (client: PersistedClient) => {
    await tolerant((db) => db.put('values', client, 'readings'));
  },
  restoreClient: () => tolerant((db) => db.get('values', 'readings')) as Promise<PersistedClient | undefined>,
  removeClient: async () => {
    await device.forgetReadings();
  },
};
