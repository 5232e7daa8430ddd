//! The access token: in memory only, renewed by a cookie that scripts cannot read.

type Reply = { access_token: string; expires_in: number };

let token: string | null = null;
/** When it is due for renewal, on this machine's clock. */
let due = 0;
let lost = () => {};

const CHANNEL = new BroadcastChannel('session');
CHANNEL.onmessage = ({ data }: MessageEvent<Reply | 'out'>) => {
  if (data === 'out') {
    token = null;
    lost();
  } else keep(data);
};

/** Whether somebody signed in on this device: scripts cannot see the cookie that proves it. */
const SIGNED_IN = 'connecte';

function keep(reply: Reply) {
  localStorage.setItem(SIGNED_IN, '1');
  token = reply.access_token;
  due = Date.now() + Math.max(reply.expires_in - 60, 30) * 1000;
}

/** Takes a new token into use, in every tab. */
export function accept(reply: Reply) {
  keep(reply);
  CHANNEL.postMessage(reply);
}

/** Forgets it, in every tab. */
export function forget() {
  token = null;
  localStorage.removeItem(SIGNED_IN);
  CHANNEL.postMessage('out');
}

/** Calls back when the session has ended, here or in another tab. */
export function onLost(callback: () => void) {
  lost = callback;
}

/** The token to send, renewed ahead of its end, or fetched after a start without reception; `null` without a session. */
export async function accessToken(): Promise<string | null> {
  if (!token || Date.now() > due) await renew(token).catch(() => false);
  return token;
}

/**
 * Exchanges the cookie for a new token, unless another tab just did: a refresh token is good once, and tabs
 * share it. `stale` is the token that no longer serves.
 *
 * Answers whether there is a new token; throws without reception (`isUnreachable`).
 */
export async function renew(stale: string | null): Promise<boolean> {
  // Nobody signed in here: the server would only refuse.
  if (!localStorage.getItem(SIGNED_IN)) return false;
  return locked(async () => {
    if (token && token !== stale) return true;
    // All else waits for this: where packets vanish it gives up long before the browser would.
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch('/api/v1/auth/refresh', { method: 'POST', headers: { 'X-Session': 'cookie' }, signal });
    if (response.ok) {
      accept(await response.json());
      return true;
    }
    if (response.status === 401 || response.status === 403) {
      token = null;
      localStorage.removeItem(SIGNED_IN);
      lost();
    }
    return false;
  });
}

/** One renewal at a time over all tabs. Locks exist in secure contexts only: over plain http, one per tab. */
let queue: Promise<unknown> = Promise.resolve();
function locked(run: () => Promise<boolean>): Promise<boolean> {
  if (navigator.locks) return navigator.locks.request('session', run) as unknown as Promise<boolean>;
  const result = queue.then(run, run);
  queue = result.catch(() => {});
  return result;
}
