//! One change that waits on the device until the server has it, and the rules that it goes by. Pure: nothing here
//! reads a clock, the network or the disk.

import type { FieldError } from '@/api/problem';

/** What a row is about; names the words for people (`envois.fait.<kind>`) and what the screens show at once. */
export type Kind =
  | 'statut' | 'reponse' | 'photo' | 'piece' | 'besoin' | 'commentaire' | 'signature'
  | 'chrono_debut' | 'chrono_fin' | 'temps_corrige' | 'signalement';

/** `conflit` and `refuse` wait for a decision of the person; `envoye` is kept a while to say that it went. */
export type State = 'en_attente' | 'envoi' | 'conflit' | 'refuse' | 'envoye';

export type Part = { name: string; value: string | Blob; file?: string };
export type Refusal = { status: number; code: string; message: string; errors: FieldError[] };

export type Row = {
  /** Sent as `Idempotency-Key`: however often it is sent, it acts once. */
  id: string;
  /** The order in which things were done. */
  seq: number;
  /** Whose it is; nobody else sees or sends it. */
  user: number;
  /** What it changes, such as `intervention:12`: of one subject, one after the other; what waits for the person holds back only what depends on it. */
  subject: string;
  kind: Kind;
  /** The subject in words, such as `INT-2026-000012 · Pompe`. */
  about: string;
  method: 'POST' | 'PATCH' | 'PUT';
  path: string;
  body?: Record<string, unknown>;
  /** Of a form with files, instead of a body. */
  parts?: Part[];
  /** What `version` is a version of, and the one that the person looked at. */
  target?: string;
  version?: number;
  /** What takes the id that another row's answer brings: a field, or the `{}` of the path. */
  needs?: { row: string; field: string };
  /** What the person saw when they did it, to show beside what is there now. */
  seen?: Record<string, unknown>;
  at: number;
  tries: number;
  /** When it was first handed to the network. */
  firstTry?: number;
  /** Not to be tried again before. */
  next: number;
  state: State;
  refusal?: Refusal;
  sentAt?: number;
  /** The version, and the id, that the server answered with. */
  answered?: number;
  made?: unknown;
};

/** What a page hands over; the rest is the outbox's. */
export type NewRow = Pick<Row, 'subject' | 'kind' | 'about' | 'method' | 'path'>
  & Partial<Pick<Row, 'id' | 'body' | 'parts' | 'target' | 'version' | 'needs' | 'seen'>>;

/** An answer of the server, as far as the outbox looks at it. */
export type Answer = {
  status: number;
  version?: number;
  body: Record<string, unknown>;
  /** The server's clock, in milliseconds. */
  date?: number;
  /** Seconds that it asks to be left alone. */
  retryAfter?: number;
};

/** The server replays an answer for 30 days; after that the same key would act anew. */
const REPLAYED = 29 * 24 * 3600_000;
const KEPT_SENT = 24 * 3600_000;
/** What is told apart from the time that a request takes. */
const LATE = 60_000;

export const isUnsent = ({ state }: Row) => state !== 'envoye';
/** Waits for the person, not for reception. */
export const isStuck = ({ state }: Row) => state === 'conflit' || state === 'refuse';
const bySeq = (a: Row, b: Row) => a.seq - b.seq;

/**
 * What a change of a kind relies on, of what was done before it: before work has begun answers, parts and timers are
 * refused; open answers and timers keep it from ending; a signature covers what is there. What is not named stands by
 * itself.
 */
const RELIES: Record<Kind, Kind[]> = {
  statut: ['reponse', 'chrono_debut', 'chrono_fin'],
  reponse: ['statut'],
  piece: ['statut'],
  chrono_debut: ['statut', 'chrono_debut', 'chrono_fin'],
  chrono_fin: ['statut', 'chrono_debut', 'chrono_fin'],
  signature: ['statut', 'reponse', 'piece', 'chrono_debut', 'chrono_fin', 'temps_corrige'],
  photo: [], commentaire: [], besoin: [], temps_corrige: [], signalement: [],
};

/** Whether a change relies on an earlier one of its subject: by its kind, as the next version of the same, or for its answer. */
const dependsOn = (row: Row, earlier: Row) =>
  RELIES[row.kind].includes(earlier.kind)
  || row.needs?.row === earlier.id
  || (row.target !== undefined && row.target === earlier.target);

/** What must wait for the person: what was refused or contradicted, and what depends on that. */
function held(rows: Row[]): Set<string> {
  const waiting = new Set<string>();
  const behind = new Map<string, Row[]>();
  for (const row of rows.filter(isUnsent).sort(bySeq)) {
    const before = behind.get(row.subject) ?? [];
    if (!isStuck(row) && !before.some((earlier) => dependsOn(row, earlier))) continue;
    waiting.add(row.id);
    behind.set(row.subject, [...before, row]);
  }
  return waiting;
}

/** The oldest unsent of each subject that may go. */
function heads(rows: Row[]): Row[] {
  const waiting = held(rows);
  const first = new Map<string, Row>();
  for (const row of rows.filter(isUnsent).sort(bySeq)) if (!waiting.has(row.id) && !first.has(row.subject)) first.set(row.subject, row);
  return [...first.values()];
}

/** The next to send. A row found in `envoi` was cut off in flight: it is sent again, under the same key. */
export const nextDue = (rows: Row[], now: number): Row | undefined => heads(rows).find(({ next }) => next <= now);

/** When the next is due. */
export function nextTime(rows: Row[]): number | undefined {
  const times = heads(rows).map(({ next }) => next);
  return times.length ? Math.min(...times) : undefined;
}

/** Whether an earlier change of the same subject keeps it from being sent. */
export function waitsForEarlier(row: Row, rows: Row[]): boolean {
  const waiting = held(rows);
  if (waiting.has(row.id)) return !isStuck(row);
  return rows.some((other) => other.subject === row.subject && other.seq < row.seq && isUnsent(other) && !waiting.has(other.id));
}

/** 2 s, 4 s, 8 s … 5 min. */
export const delay = (tries: number) => Math.min(1000 * 2 ** tries, 300_000);

/** Readies new rows: in order after all others, and on the versions that answers meanwhile have brought. */
export function adopt(rows: Row[], added: NewRow[], user: number, now: number, id: () => string): Row[] {
  let seq = Math.floor(Math.max(0, ...rows.map((row) => row.seq)));
  return added.map((row) => {
    seq += 1;
    const version = row.target === undefined ? row.version : latest(rows, row.target, row.version);
    const ready: Row = { ...row, version, id: row.id ?? id(), seq, user, at: now, tries: 0, next: 0, state: 'en_attente' };
    const source = rows.find((other) => other.id === row.needs?.row && other.state === 'envoye');
    return source ? filled(ready, source.made) : ready;
  });
}

/** The version that one's own changes have made of one that the screen still shows. */
function latest(rows: Row[], target: string, version: number | undefined): number | undefined {
  for (;;) {
    const sent = rows.find((row) => row.target === target && row.state === 'envoye' && row.version === version && row.answered !== version);
    if (!sent?.answered) return version;
    version = sent.answered;
  }
}

/**
 * A row that is about to be handed to the network; too old to be sent safely, it is for the person to judge. A step is
 * sent with the instant of the press by the server's clock, which is `ahead` of this device's: the same however often it
 * is sent.
 */
export function claimed(row: Row, now: number, ahead = 0): Row {
  if (row.firstTry !== undefined && now - row.firstTry > REPLAYED) {
    return { ...row, state: 'conflit', refusal: { status: 0, code: 'trop_ancien', message: '', errors: [] } };
  }
  const isStep = row.kind === 'statut' && row.body && !row.body.fait_le;
  const body = isStep ? { ...row.body, fait_le: new Date(row.at + ahead).toISOString() } : row.body;
  return { ...row, body, state: 'envoi', tries: row.tries + 1, firstTry: row.firstTry ?? now };
}

/** No answer, or none that decides: stays, to be tried later. */
export const postponed = (row: Row, now: number, retryAfter = 0): Row =>
  ({ ...row, state: 'en_attente', next: now + Math.max(delay(row.tries), retryAfter * 1000) });

/** What became of a row and of those that wait behind it: the rows to write. */
export function settled(rows: Row[], row: Row, answer: Answer, now: number): Row[] {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return succeeded(rows, row, answer, now);
  // What the account owes first says nothing about what was done.
  const isOwed = status === 403 && ['mot_de_passe_a_changer', 'double_a_configurer'].includes(String(body.code));
  if (status === 401 || isOwed) return [{ ...row, state: 'en_attente', next: 0 }];
  if (status >= 500 || status === 429 || status === 408) return [postponed(row, now, answer.retryAfter)];
  const refusal = {
    status,
    code: String(body.code ?? 'inconnu'),
    message: String(body.detail ?? body.title ?? `HTTP ${status}`),
    errors: (Array.isArray(body.errors) ? body.errors : []) as FieldError[],
  };
  return [{ ...row, state: status === 409 || status === 412 ? 'conflit' : 'refuse', refusal }];
}

function succeeded(rows: Row[], row: Row, answer: Answer, now: number): Row[] {
  const sent: Row = { ...row, state: 'envoye', sentAt: now, answered: answer.version, made: answer.body.id, parts: undefined, refusal: undefined };
  const behind = rows.filter((other) => other.id !== row.id && isUnsent(other)).map((other) => {
    let after = other;
    const isBased = row.target !== undefined && other.target === row.target && other.version === row.version;
    if (isBased && answer.version !== undefined) after = { ...after, version: answer.version };
    if (other.needs?.row === row.id) after = filled(after, answer.body.id);
    return after;
  });
  return [sent, ...behind.filter((after) => !rows.includes(after)), ...corrected(row, answer, now)];
}

function filled({ needs, ...row }: Row, id: unknown): Row {
  const field = needs!.field;
  if (row.path.includes('{}')) return { ...row, path: row.path.replace('{}', String(id)) };
  if (row.parts) return { ...row, parts: [...row.parts, { name: field, value: String(id) }] };
  return { ...row, body: { ...row.body, [field]: id } };
}

/**
 * A timer begins and ends on the server when it hears of it. One that was pressed without reception is put right,
 * by the server's clock, whatever this device's says.
 */
function corrected(row: Row, { body, date, version }: Answer, now: number): Row[] {
  const field = row.kind === 'chrono_debut' ? 'debut' : row.kind === 'chrono_fin' ? 'fin' : undefined;
  const told = field && body[field];
  if (!field || typeof told !== 'string' || date === undefined) return [];
  const pressed = row.at + (date - now);
  if (Math.abs(Date.parse(told) - pressed) < LATE) return [];
  return [{
    ...row,
    // The same each time: two tabs that hear the same answer make one correction of it.
    id: `${row.id.slice(0, -4)}c0c0`,
    seq: row.seq + 0.5,
    kind: 'temps_corrige',
    method: 'PATCH',
    path: `/api/v1/temps/${body.id}`,
    body: { [field]: new Date(pressed).toISOString() },
    target: `temps:${body.id}`,
    version: version ?? (body.version as number),
    at: row.at, tries: 0, firstTry: undefined, next: 0, state: 'en_attente',
  }];
}

/** Sends it again as things stand now: the person saw what is there and chose theirs. Those behind follow. */
export function resent(rows: Row[], row: Row, version: number | undefined): Row[] {
  const again: Row = { ...row, state: 'en_attente', next: 0, refusal: undefined, firstTry: undefined };
  if (row.target === undefined || version === undefined) return [again];
  const behind = rows.filter((other) => other.id !== row.id && isUnsent(other) && other.target === row.target && other.version === row.version);
  return [{ ...again, version }, ...behind.map((other) => ({ ...other, version }))];
}

/** A row and those that can do nothing without its answer. */
export function withDependents(rows: Row[], row: Row): Row[] {
  const behind = rows.filter((other) => isUnsent(other) && other.needs?.row === row.id);
  return [row, ...behind.flatMap((other) => withDependents(rows, other))];
}

/** Sent long enough ago to be forgotten. */
export const isExpired = (row: Row, now: number) => row.state === 'envoye' && now - (row.sentAt ?? 0) > KEPT_SENT;
