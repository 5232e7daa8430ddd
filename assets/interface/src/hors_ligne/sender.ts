//! Sends what waits, one row at a time, by one sender over all tabs.

import { acceptLanguage } from '@/api/client';
import { accessToken, renew } from '@/api/token';
import { heard } from './online';
import { outbox } from './outbox';
import { type Answer, type Row, nextTime } from './row';

export type Sent = (row: Row, answer: Answer) => Promise<unknown>;
/** Hands a row to the network; `undefined` when its person is not the one signed in. Throws without an answer. */
export type Send = (row: Row) => Promise<Answer | undefined>;

/** A plain request ends sooner than one that carries photos over a poor link. */
const PATIENCE = { plain: 30_000, files: 180_000 };

/** How far the server's clock is ahead of this device's, in milliseconds, as the last answer told. */
let ahead: number | undefined;

/** Its clock is told to the second: less than two are no other time. */
const TOLD = 2000;

function hearClock(date: string | null) {
  const told = Date.parse(date ?? '') - Date.now();
  if (!Number.isNaN(told) && (ahead === undefined || Math.abs(told - ahead) > TOLD)) ahead = told;
}

/** The same, asked for when nothing has been answered yet. */
async function clockAhead(): Promise<number> {
  if (ahead === undefined) {
    const response = await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (response?.headers.has('X-Request-Id')) hearClock(response.headers.get('Date'));
  }
  return ahead ?? 0;
}

/** Sends all that is due; answers when the next is, if any waits. */
export async function flush(user: number, send: Send, told: Sent): Promise<number | undefined> {
  const claim = async () => outbox.claim(user, Date.now(), await clockAhead());
  for (let row = await claim(); row; row = await claim()) {
    // Found too old to be sent safely: the person decides.
    if (row.state !== 'envoi') continue;
    let answer: Answer | undefined;
    try {
      answer = await send(row);
    } catch {
      // No answer decides nothing: the row stays under its key, and others may be as cut off as it is.
      await outbox.postpone(user, row.id);
      break;
    }
    const after = await outbox.settle(user, row.id, answer ?? { status: 401, body: {} });
    if (!answer || answer.status === 401) return undefined;
    if (after?.state === 'envoye') await told(after, answer);
  }
  return nextTime(await outbox.all(user));
}

/** One sender over all tabs, each in its turn. Locks exist in secure contexts only: over plain http two tabs may send
 *  the same, which the server takes for the same. */
export async function alone<T>(run: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return run();
  return (await navigator.locks.request('envois', run)) as T;
}

/** Sends a row as the person whose it is, and as nobody else, whoever has signed in meanwhile in another tab. */
export const sendAs: Send = async (row) => {
  let token = await accessToken();
  if (!token && (await renew(null))) token = await accessToken();
  if (!token || userOf(token) !== row.user) return undefined;
  let response = await request(row, token);
  if (response.status === 401 && (await renew(token))) {
    token = await accessToken();
    if (!token || userOf(token) !== row.user) return undefined;
    response = await request(row, token);
  }
  return answerOf(response);
};

function request(row: Row, token: string): Promise<Response> {
  const headers = new Headers({ Authorization: `Bearer ${token}`, 'Accept-Language': acceptLanguage() });
  if (row.method !== 'PUT') headers.set('Idempotency-Key', row.id);
  if (row.version !== undefined) headers.set('If-Match', `"${row.version}"`);
  if (row.body) headers.set('Content-Type', 'application/json');
  const signal = AbortSignal.timeout(row.parts ? PATIENCE.files : PATIENCE.plain);
  return fetch(row.path, { method: row.method, headers, signal, body: row.parts ? form(row) : row.body && JSON.stringify(row.body) });
}

function form(row: Row): FormData {
  const form = new FormData();
  for (const { name, value, file } of row.parts ?? []) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, file);
  }
  return form;
}

async function answerOf(response: Response): Promise<Answer> {
  // Every answer of ours has one; a hotspot's sign-in page, say, has not, and decides nothing.
  if (!response.headers.has('X-Request-Id')) throw new TypeError('not our server');
  heard(true);
  hearClock(response.headers.get('Date'));
  // Cut off in the middle of a success: sent again, it is answered the same.
  const body: unknown = await response.json().catch((error) => {
    if (response.ok && response.status !== 204) throw error;
    return {};
  });
  const version = Number.parseInt(/"(\d+)/.exec(response.headers.get('ETag') ?? '')?.[1] ?? '', 10);
  const date = Date.parse(response.headers.get('Date') ?? '');
  return {
    status: response.status,
    body: typeof body === 'object' && body !== null ? { ...body } : {},
    version: Number.isNaN(version) ? undefined : version,
    date: Number.isNaN(date) ? undefined : date,
    retryAfter: Number(response.headers.get('Retry-After')) || undefined,
  };
}

/** Whose token it is: it says so itself, and the server checks. */
export function userOf(token: string): number {
  try {
    const claims = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    return Number((JSON.parse(atob(claims)) as { sub: string }).sub);
  } catch {
    return Number.NaN;
  }
}
