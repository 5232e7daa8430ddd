//! The service worker, which keeps the interface on the device; see `public/sw.js`.

import { useSyncExternalStore } from 'react';

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function found(worker: ServiceWorker | null) {
  waiting = worker;
  for (const listener of listeners) listener();
}

export function keepInterface() {
  // Missing over plain http and in some private windows: then the interface needs reception to open.
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  // The first worker takes this page over as it is; each later one brings another version.
  let isFirst = !navigator.serviceWorker.controller;
  void navigator.serviceWorker.register('/sw.js').then((registration) => {
    // The first of all waits for a moment too, on its way to work.
    if (registration.waiting && registration.active) found(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) found(worker);
      });
    });
    setInterval(() => void registration.update().catch(() => {}), 60 * 60 * 1000);
  });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!isFirst) location.reload();
    isFirst = false;
  });
}

/** What installs the new version of the interface, once there is one. */
export function useNewVersion(): (() => void) | null {
  const worker = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
  return worker && (() => worker.postMessage('take over'));
}
