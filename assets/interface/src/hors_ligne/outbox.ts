//! What the person did and the server does not have yet, in a database of its own: it outlives reloads, updates,
//! sign-out and the forgetting of what was read. Every write is on disk when it resolves, or it rejects.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { uuid } from '@/api/client';
import { type Answer, type NewRow, type Row, adopt, claimed, isExpired, isUnsent, nextDue, postponed, resent, settled, withDependents } from './row';

interface Envois extends DBSchema {
  rows: { key: string; value: Row; indexes: { user: number } };
}

let opened: Promise<IDBPDatabase<Envois>> | undefined;
function database(): Promise<IDBPDatabase<Envois>> {
  opened ??= openDB<Envois>('envois', 1, {
    upgrade(db) {
      db.createObjectStore('rows', { keyPath: 'id' }).createIndex('user', 'user');
    },
    terminated() {
      opened = undefined;
    },
  });
  // Refused once, it may open later: room was made, another window closed.
  opened.catch(() => (opened = undefined));
  return opened;
}

/** Reads the rows of a person and writes what `decide` makes of them, as one. */
async function change<T>(user: number, decide: (rows: Row[]) => { put?: Row[]; drop?: Row[]; result: T }): Promise<T> {
  const tx = (await database()).transaction('rows', 'readwrite', { durability: 'strict' });
  try {
    const rows = await tx.store.index('user').getAll(user);
    const { put = [], drop = [], result } = decide(rows);
    // Whichever fails, the transaction as a whole does, and says why.
    for (const row of put) tx.store.put(row).catch(() => {});
    for (const { id } of drop) tx.store.delete(id).catch(() => {});
    await tx.done;
    return result;
  } catch (error) {
    tx.done.catch(() => {});
    // All or nothing. It may have ended by itself already, which is as good.
    try { tx.abort(); } catch { /* ended */ }
    throw error;
  }
}

/** Runs only if the row is still there unsent: another tab may have been quicker. */
const changeRow = (user: number, id: string, decide: (row: Row, rows: Row[]) => { put?: Row[]; drop?: Row[] }) =>
  change<Row | undefined>(user, (rows) => {
    const row = rows.find((row) => row.id === id && isUnsent(row));
    if (!row) return { result: undefined };
    const { put, drop } = decide(row, rows);
    return { put, drop, result: put?.find((row) => row.id === id) };
  });

export const outbox = {
  /** In the order in which things were done. */
  all: async (user: number): Promise<Row[]> => {
    const rows = await (await database()).getAllFromIndex('rows', 'user', user);
    return rows.sort((a, b) => a.seq - b.seq);
  },

  /** Keeps what was done. Rejects when it could not: then nothing of it is kept. */
  add: (user: number, added: NewRow[], now = Date.now()): Promise<Row[]> =>
    change(user, (rows) => {
      const put = adopt(rows, added, user, now, uuid);
      return { put, drop: rows.filter((row) => isExpired(row, now)), result: put };
    }),

  /** The next to send, marked as handed to the network. */
  claim: (user: number, now = Date.now(), ahead = 0): Promise<Row | undefined> =>
    change(user, (rows) => {
      const due = nextDue(rows, now);
      if (!due) return { result: undefined };
      const row = claimed(due, now, ahead);
      return { put: [row], result: row };
    }),

  /** The server answered; tells what became of the row. */
  settle: (user: number, id: string, answer: Answer, now = Date.now()) =>
    changeRow(user, id, (row, rows) => ({ put: settled(rows, row, answer, now) })),

  /** Nothing was answered. */
  postpone: (user: number, id: string, now = Date.now()) => changeRow(user, id, (row) => ({ put: [postponed(row, now)] })),

  /** Reception is back, or the person asks: nothing waits out its delay. */
  hurry: (user: number) =>
    change(user, (rows) => ({ put: rows.filter((row) => row.next > 0 && row.state === 'en_attente').map((row) => ({ ...row, next: 0 })), result: undefined })),

  /** Sends a row again, on the version that is there now. */
  resend: (user: number, id: string, version?: number) => changeRow(user, id, (row, rows) => ({ put: resent(rows, row, version) })),

  /** Gives a row up, with those that need its answer. */
  discard: (user: number, id: string) => changeRow(user, id, (row, rows) => ({ drop: withDependents(rows, row) })),

  unsent: async (user: number) => (await outbox.all(user)).filter(isUnsent).length,

  /** Forgets all of a person, by their choice. */
  forget: (user: number) => change(user, (rows) => ({ drop: rows, result: undefined })),
};
