//! Whether there is reception: whether the server answers. What the device says of its network is only a reason to
//! ask: a laptop without any network still reaches the server that runs on it.

import { useSyncExternalStore } from 'react';

let answered = true;
const listeners = new Set<() => void>();

/** Devices do not tell when a server is back that was only stopped. */
const AGAIN = 5000;
let again: ReturnType<typeof setTimeout> | undefined;

/** Says whether the last request was answered; as long as it was not, it is asked again. */
export function heard(now: boolean) {
  clearTimeout(again);
  if (!now) again = setTimeout(() => void ask(), AGAIN);
  if (now === answered) return;
  answered = now;
  for (const listener of listeners) listener();
}

/** Asks the server, and hears whether it is there. */
export async function ask() {
  const response = await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  // Every answer of ours has one; a hotspot's sign-in page, say, has not.
  heard(!!response?.headers.has('X-Request-Id'));
}

// Not in a unit test.
if (typeof window !== 'undefined') {
  window.addEventListener('online', () => void ask());
  window.addEventListener('offline', () => void ask());
  if (!navigator.onLine) void ask();
}

/** Calls at each change; answers how to stop it. */
export function onOnline(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const isOnline = () => answered;

export const useOnline = () => useSyncExternalStore(onOnline, isOnline);
