//! The outbox as the screens see it: what waits, adding to it, and the sender that runs while somebody is signed in.

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useMe } from '@/session/session';
import { tell } from '@/ui/toast';
import { ask, heard, isOnline, onOnline } from './online';
import { outbox } from './outbox';
import { type NewRow, type Row, isUnsent } from './row';
import { type Sent, alone, flush, sendAs } from './sender';

const CHANNEL = new BroadcastChannel('envois');
const NONE: Row[] = [];

let shown: { user: number; rows: Row[] } = { user: 0, rows: NONE };
const listeners = new Set<() => void>();

async function reread(user: number) {
  const rows = await outbox.all(user).catch(() => NONE);
  shown = { user, rows };
  for (const listener of listeners) listener();
}

/** Something changed here: told to this tab and the others. */
async function changed(user: number) {
  CHANNEL.postMessage('changed');
  await reread(user);
}
CHANNEL.onmessage = () => void reread(shown.user);

/** All that the person signed in did and that is not sent, or was sent a short while ago; the oldest first. */
export function useEnvois(): Row[] {
  const { id } = useMe();
  const rows = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (shown.user === id ? shown.rows : NONE),
  );
  useEffect(() => {
    if (shown.user !== id) void reread(id);
  }, [id]);
  return rows;
}

/** What waits on one subject. */
export const useEnvoisOf = (subject: string) => useEnvois().filter((row) => row.subject === subject);

let running = false;
let asked: { user: number; told: Sent } | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what is due, and sets the clock for what is due later. Asked while it is at it, it looks once more. */
async function push(user: number, told: Sent) {
  asked = { user, told };
  if (running) return;
  running = true;
  try {
    while (asked && isOnline()) {
      const { user, told } = asked;
      asked = undefined;
      const next = await alone(() => flush(user, sendAs, told));
      clearTimeout(timer);
      if (next !== undefined) timer = setTimeout(() => void push(user, told), Math.max(next - Date.now(), 1000));
    }
  } catch (error) {
    // The device keeps nothing (any more): adding says so to the person; here there is nothing to send.
    console.warn('the outbox cannot be read', error);
  } finally {
    running = false;
  }
  await changed(user);
}

/** What an answer makes out of date is read again, before the row stops standing in for it. */
async function take(queries: QueryClient, row: Row, body: Record<string, unknown>) {
  heard(true);
  const [kind, id] = row.subject.split(':');
  if (row.kind === 'statut' && kind === 'intervention') {
    const key = ['interventions', Number(id)];
    await queries.cancelQueries({ queryKey: key, exact: true });
    queries.setQueryData(key, body);
  }
  await changed(row.user);
  for (const key of ['interventions', 'documents', 'pieces', 'temps', 'planning', 'calendrier', 'demandes']) {
    void queries.invalidateQueries({ queryKey: [key] });
  }
}

/** The sender: on start, when reception comes back, every minute. For the frame round all pages, once. */
export function useSending() {
  const { id } = useMe();
  const queries = useQueryClient();
  useEffect(() => {
    const told: Sent = (row, answer) => take(queries, row, answer.body);
    const go = () => void push(id, told);
    const hurry = () => void outbox.hurry(id).then(go, go);
    pushNow = go;
    go();
    const off = onOnline(() => isOnline() && hurry());
    const look = () => void (isOnline() ? go() : ask());
    document.addEventListener('visibilitychange', look);
    const each = setInterval(look, 60_000);
    return () => {
      pushNow = () => {};
      clearTimeout(timer);
      clearInterval(each);
      off();
      document.removeEventListener('visibilitychange', look);
    };
  }, [id, queries]);
}
let pushNow = () => {};

/** Tells at once that nothing was kept. */
function tellLost(error: unknown) {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  console.warn('not kept', error);
  tell({
    color: 'red',
    title: i18next.t(isFull ? 'hors_ligne.plein' : 'hors_ligne.rien_garde'),
    message: i18next.t('hors_ligne.pas_enregistre'),
    autoClose: false,
  });
}

export type Envois = {
  /** Keeps what was done and sends it as soon as can be; answers whether it is kept. If not, the person was told. */
  add: (...rows: NewRow[]) => Promise<boolean>;
  resend: (row: Row, version?: number) => Promise<void>;
  discard: (row: Row) => Promise<void>;
  /** Tries all that waits, now. */
  hurry: () => Promise<void>;
};

export function useOutbox(): Envois {
  const { id } = useMe();
  const add = useCallback(async (...rows: NewRow[]) => {
    try {
      await outbox.add(id, rows);
    } catch (error) {
      tellLost(error);
      return false;
    }
    // Asked once there is something to lose; browsers grant it to what is used.
    void navigator.storage?.persist?.().catch(() => false);
    await changed(id);
    pushNow();
    return true;
  }, [id]);
  const resend = useCallback(async (row: Row, version?: number) => {
    await outbox.resend(id, row.id, version);
    await changed(id);
    pushNow();
  }, [id]);
  const discard = useCallback(async (row: Row) => {
    await outbox.discard(id, row.id);
    await changed(id);
    pushNow();
  }, [id]);
  const hurry = useCallback(async () => {
    await outbox.hurry(id);
    pushNow();
  }, [id]);
  return { add, resend, discard, hurry };
}

/** Whether the last reading of something was before a change of one's own reached the server. */
export const isAhead = (row: Row, readAt: number) => isUnsent(row) || (row.sentAt ?? 0) > readAt;
