//! Whether there is reception: what the device says, corrected by whether the server answers.

import { useSyncExternalStore } from 'react';

let answered = true;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

/** Says whether the last request was answered. */
export function heard(now: boolean) {
  if (now === answered) return;
  answered = now;
  tell();
}

export function onOnline(listener: () => void) {
  listeners.add(listener);
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

export const isOnline = () => navigator.onLine && answered;

export const useOnline = () => useSyncExternalStore(onOnline, isOnline);
