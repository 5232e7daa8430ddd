//! The outbox over an in-memory IndexedDB and a server that may go away at any moment.

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Answer, type NewRow, type Row, waitsForEarlier } from './row';

type Modules = { outbox: typeof import('./outbox')['outbox']; flush: typeof import('./sender')['flush'] };

/** The page as it is after a load: its modules begin anew, the database stays. */
async function load(): Promise<Modules> {
  vi.resetModules();
  const [{ outbox }, { flush }] = await Promise.all([import('./outbox'), import('./sender')]);
  return { outbox, flush };
}

let page: Modules;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  // What the modules around it touch when they are loaded.
  vi.stubGlobal('location', { origin: 'http://test' });
  vi.stubGlobal('BroadcastChannel', class { postMessage() {} });
  page = await load();
});
afterEach(() => vi.unstubAllGlobals());

const change = (intervention: number, more: Partial<NewRow> = {}): NewRow => ({
  subject: `intervention:${intervention}`,
  kind: 'commentaire',
  about: `INT-${intervention}`,
  method: 'POST',
  path: `/api/v1/interventions/${intervention}/commentaires`,
  body: { texte: 'x' },
  ...more,
});
const statut = (intervention: number, version: number, to: string): NewRow =>
  change(intervention, { kind: 'statut', method: 'PATCH', path: `/api/v1/interventions/${intervention}/statut`, body: { statut: to }, target: `intervention:${intervention}`, version });

/** A server that answers the same key the same, as ours does, and refuses a stale version. */
function server() {
  const answers = new Map<string, Answer>();
  const versions = new Map<string, number>();
  const effects: string[] = [];
  const accept = (row: Row): Answer => {
    const known = answers.get(row.id);
    if (known) return known;
    if (row.target && (versions.get(row.target) ?? 1) !== row.version) return { status: 412, body: { code: 'perime', detail: 'changé' } };
    const version = row.target ? row.version! + 1 : 1;
    if (row.target) versions.set(row.target, version);
    effects.push(`${row.subject} ${row.body?.statut ?? (row.kind === 'commentaire' ? row.body?.texte : row.kind)}`);
    const answer: Answer = { status: 200, version, body: { id: effects.length } };
    answers.set(row.id, answer);
    return answer;
  };
  return { accept, effects, versions };
}
const nobody = async () => {};
const states = async (user = 1) => (await page.outbox.all(user)).map(({ state }) => state);

test('a step is sent with the instant of its press, the same however late and however often', async () => {
  const pressed = Date.parse('2031-03-03T10:00:00Z');
  await page.outbox.add(1, [statut(12, 1, 'en_cours')], pressed);
  await page.outbox.add(1, [statut(12, 1, 'termine')], pressed + 22_000);
  const { accept } = server();
  const sent: unknown[] = [];
  let isCut = true;

  const send = async (row: Row) => {
    sent.push(row.body?.fait_le);
    if (isCut) throw new TypeError('cut off');
    return accept(row);
  };
  await page.flush(1, send, nobody);
  isCut = false;
  await page.outbox.hurry(1);
  await page.flush(1, send, nobody);

  expect(sent).toEqual(['2031-03-03T10:00:00.000Z', '2031-03-03T10:00:00.000Z', '2031-03-03T10:00:22.000Z']);
});

test('what was done is sent in the order in which it was done', async () => {
  const { accept, effects } = server();
  for (const texte of ['a', 'b', 'c']) await page.outbox.add(1, [change(12, { body: { texte } })]);
  await page.flush(1, async (row) => accept(row), nobody);
  expect(effects).toEqual(['intervention:12 a', 'intervention:12 b', 'intervention:12 c']);
  expect(await states()).toEqual(['envoye', 'envoye', 'envoye']);
});

test('a refused change holds what relies on it, and nothing else', async () => {
  const { accept, effects } = server();
  const refuse = async (row: Row) => (row.kind === 'piece' ? { status: 409, body: { code: 'stock_insuffisant', detail: 'Il n’en reste pas.' } } : accept(row));
  await page.outbox.add(1, [
    change(12, { kind: 'piece' }),
    change(12, { kind: 'photo' }),
    change(12, { kind: 'signature' }),
    change(12, { body: { texte: 'a word' } }),
    statut(12, 1, 'termine'),
    change(13, { body: { texte: 'other' } }),
  ]);
  await page.flush(1, refuse, nobody);
  expect(effects.sort()).toEqual(['intervention:12 a word', 'intervention:12 photo', 'intervention:12 termine', 'intervention:13 other']);
  expect(await states()).toEqual(['conflit', 'envoye', 'en_attente', 'envoye', 'envoye', 'envoye']);
  const [bad, , signature] = await page.outbox.all(1);
  expect(bad).toMatchObject({ refusal: { message: 'Il n’en reste pas.' } });
  expect(waitsForEarlier(signature!, await page.outbox.all(1))).toBe(true);

  await page.outbox.discard(1, bad!.id);
  await page.flush(1, async (row) => accept(row), nobody);
  expect(effects.at(-1)).toBe('intervention:12 signature');
});

test('what relies on what is held is held as well, until the person has decided', async () => {
  const { accept, effects, versions } = server();
  versions.set('intervention:12', 5);
  await page.outbox.add(1, [
    statut(12, 1, 'en_cours'),
    change(12, { kind: 'reponse' }),
    change(12, { kind: 'chrono_debut' }),
    change(12, { kind: 'signature' }),
    change(12, { kind: 'besoin' }),
  ]);
  await page.flush(1, async (row) => accept(row), nobody);
  expect(effects).toEqual(['intervention:12 besoin']);
  expect(await states()).toEqual(['conflit', 'en_attente', 'en_attente', 'en_attente', 'envoye']);
});

test('an answer lost on its way and a tab closed in flight act once', async () => {
  const { accept, effects } = server();
  await page.outbox.add(1, [statut(12, 1, 'en_cours'), statut(12, 1, 'termine')]);
  // The server hears the first, and the tab is gone before it hears the server.
  void page.flush(1, (row) => { accept(row); return new Promise(() => {}); }, nobody);
  await vi.waitFor(() => expect(effects).toHaveLength(1));
  expect(await states()).toEqual(['envoi', 'en_attente']);

  page = await load();
  await page.flush(1, async (row) => accept(row), nobody);
  expect(effects).toEqual(['intervention:12 en_cours', 'intervention:12 termine']);
  expect(await states()).toEqual(['envoye', 'envoye']);
});

test('every crash point between claim, effect and answer ends in one effect each', async () => {
  for (const crash of ['before', 'after'] as const) {
    globalThis.indexedDB = new IDBFactory();
    page = await load();
    const { accept, effects } = server();
    await page.outbox.add(1, ['a', 'b', 'c'].map((texte) => change(12, { body: { texte } })));
    for (let starts = 0; effects.length < 3 || (await states()).some((state) => state !== 'envoye'); starts += 1) {
      expect(starts).toBeLessThan(20);
      let sent = 0;
      const send = async (row: Row) => {
        if (crash === 'after') accept(row);
        // Every second request is cut off.
        if ((starts + sent++) % 2 === 0) throw new TypeError('cut off');
        return accept(row);
      };
      await page.flush(1, send, nobody);
      await page.outbox.hurry(1);
      page = await load();
    }
    expect(effects).toEqual(['intervention:12 a', 'intervention:12 b', 'intervention:12 c']);
  }
});

test('later changes follow the version that an earlier one made, added before or after its answer', async () => {
  const { accept } = server();
  await page.outbox.add(1, [statut(12, 1, 'en_cours'), statut(12, 1, 'attente_pieces')]);
  await page.flush(1, async (row) => accept(row), nobody);
  // The screen still shows version 1 when the next is pressed.
  await page.outbox.add(1, [statut(12, 1, 'en_cours')]);
  const sent: (number | undefined)[] = [];
  await page.flush(1, async (row) => { sent.push(row.version); return accept(row); }, nobody);
  expect(sent).toEqual([3]);
  expect(await states()).toEqual(['envoye', 'envoye', 'envoye']);
});

test('a version that others made is a conflict, and is followed only when the person chooses', async () => {
  const { accept, effects, versions } = server();
  await page.outbox.add(1, [statut(12, 1, 'en_cours'), statut(12, 1, 'termine')]);
  versions.set('intervention:12', 5);
  await page.flush(1, async (row) => accept(row), nobody);
  expect(effects).toEqual([]);
  expect(await states()).toEqual(['conflit', 'en_attente']);

  const [mine] = await page.outbox.all(1);
  await page.outbox.resend(1, mine!.id, 5);
  await page.flush(1, async (row) => accept(row), nobody);
  expect(effects).toEqual(['intervention:12 en_cours', 'intervention:12 termine']);
});

test('what needs the id of another answer gets it, waits for it, and goes when that goes', async () => {
  const photo = (id: string) => change(12, { id, kind: 'photo', path: '/api/v1/documents/', body: undefined, parts: [{ name: 'file', value: new Blob(['jpeg']), file: 'a.jpg' }] });
  const answer = (row: string) => change(12, { kind: 'reponse', method: 'PUT', path: '/api/v1/interventions/12/checklist/3', body: {}, needs: { row, field: 'document_id' } });
  await page.outbox.add(1, [photo('p1'), answer('p1')]);
  const bodies: unknown[] = [];
  await page.flush(1, async (row) => { bodies.push(row.body ?? row.parts); return { status: 201, body: { id: 77 } }; }, nobody);
  expect(bodies[1]).toEqual({ document_id: 77 });
  expect((await page.outbox.all(1))[0]!.parts, 'the bytes are no longer kept').toBeUndefined();

  // Its photo has gone already when the answer is given.
  await page.outbox.add(1, [answer('p1'), photo('p2'), answer('p2')]);
  const rows = (await page.outbox.all(1)).filter(({ state }) => state === 'en_attente');
  expect(rows[0]!.body).toEqual({ document_id: 77 });
  await page.outbox.discard(1, 'p2');
  expect((await page.outbox.all(1)).filter(({ state }) => state === 'en_attente')).toHaveLength(1);
});

test('without an answer, and when the server is busy, it stays and waits longer each time', async () => {
  await page.outbox.add(1, [change(12), change(13)]);
  let asked = 0;
  const before = Date.now();
  await page.flush(1, async () => { asked += 1; throw new TypeError('no reception'); }, nobody);
  expect(asked, 'the others are as cut off').toBe(1);
  const [first] = await page.outbox.all(1);
  expect(first).toMatchObject({ state: 'en_attente', tries: 1 });
  expect(first!.next - before).toBeGreaterThanOrEqual(2000);

  await page.outbox.hurry(1);
  await page.flush(1, async () => ({ status: 503, body: {}, retryAfter: 40 }), nobody);
  const [again] = await page.outbox.all(1);
  expect(again!.state).toBe('en_attente');
  expect(again!.next - Date.now()).toBeGreaterThan(30_000);
});

test('a session that has ended leaves all as it is', async () => {
  await page.outbox.add(1, [change(12), change(13)]);
  for (const answer of [{ status: 401, body: {} }, undefined]) {
    let asked = 0;
    expect(await page.flush(1, async () => { asked += 1; return answer; }, nobody)).toBeUndefined();
    expect(asked).toBe(1);
    expect(await states()).toEqual(['en_attente', 'en_attente']);
  }
});

test('another person on the device neither sees nor sends it', async () => {
  await page.outbox.add(1, [change(12)]);
  const sent: Row[] = [];
  await page.flush(2, async (row) => { sent.push(row); return { status: 200, body: {} }; }, nobody);
  expect(sent).toEqual([]);
  expect(await page.outbox.all(2)).toEqual([]);
  const [row] = await page.outbox.all(1);
  await page.outbox.discard(2, row!.id);
  await page.outbox.forget(2);
  expect(await page.outbox.unsent(1)).toBe(1);
});

test('a row goes out under its own person only, though another has signed in in another tab', async () => {
  const token = (sub: string) => `x.${btoa(JSON.stringify({ sub })).replace(/=/g, '')}.y`;
  vi.stubGlobal('localStorage', { getItem: () => '1', setItem: () => {}, removeItem: () => {} });
  vi.stubGlobal('document', { documentElement: { lang: 'fr' } });
  vi.stubGlobal('window', { addEventListener: () => {} });
  vi.stubGlobal('navigator', { onLine: true });
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    if (url === '/api/v1/auth/refresh') return Response.json({ access_token: token('2'), expires_in: 600 });
    asked.push(new Headers(init?.headers).get('Authorization') ?? '');
    return Response.json({}, { status: 401, headers: { 'X-Request-Id': 'r' } });
  });
  vi.resetModules();
  const [{ accept }, { sendAs }] = await Promise.all([import('@/api/token'), import('./sender')]);
  accept({ access_token: token('1'), expires_in: 600 });
  const row = { id: 'k', user: 1, method: 'POST', path: '/x', body: {} } as unknown as Row;

  // The first person's token has run out, and the cookie is the second person's.
  expect(await sendAs(row)).toBeUndefined();
  expect(asked).toEqual([`Bearer ${token('1')}`]);
});

test('a device that is full says so and keeps nothing half', async () => {
  await page.outbox.add(1, [change(12)]);
  const put = IDBObjectStore.prototype.put;
  let room = 1;
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, row: unknown) {
    if (room-- > 0) return put.call(this, row);
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(page.outbox.add(1, [change(13), change(14)])).rejects.toMatchObject({ name: 'QuotaExceededError' });
  full.mockRestore();
  expect((await page.outbox.all(1)).map(({ subject }) => subject)).toEqual(['intervention:12']);
});

test('a timer pressed without reception is put right by the server’s clock', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2031-03-03T10:05:00Z') }); // five minutes fast
  try {
    await page.outbox.add(1, [change(12, { kind: 'chrono_debut', path: '/api/v1/interventions/12/temps/demarrer' })]);
    vi.setSystemTime(Date.parse('2031-03-03T11:05:00Z'));
    const sent: Row[] = [];
    const send = async (row: Row): Promise<Answer> => {
      sent.push(row);
      return { status: 200, version: sent.length, date: Date.parse('2031-03-03T11:00:00Z'), body: { id: 9, debut: '2031-03-03T11:00:00Z' } };
    };
    await page.flush(1, send, nobody);
    expect(sent[1]).toMatchObject({ method: 'PATCH', path: '/api/v1/temps/9', body: { debut: '2031-03-03T10:00:00.000Z' }, version: 1 });
  } finally {
    vi.useRealTimers();
  }
});

test('what no longer is replayed safely is for the person to judge', async () => {
  await page.outbox.add(1, [change(12)], 0);
  await page.outbox.claim(1, 1000);
  await page.flush(1, async () => ({ status: 200, body: {} }), nobody);
  expect(await page.outbox.all(1)).toMatchObject([{ state: 'conflit', refusal: { code: 'trop_ancien' } }]);
});
