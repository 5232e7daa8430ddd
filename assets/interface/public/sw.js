// Keeps the interface itself on the device, so that it opens without reception. It never touches what the API
// says: data is kept by the page, per person, and goes when they sign out.
const VERSION = "__VERSION__";
const FILES = ["__FILES__"];
const SHELL = `interface-${VERSION}`;

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(['/', '/icon.svg', ...FILES.map((file) => `/${file}`)]);
  };
  event.waitUntil(keep());
});

// A new version waits until the page says so: two versions never mix in one tab.
self.addEventListener('message', (event) => {
  if (event.data === 'take over') self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  const takeOver = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith('interface-') && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(takeOver());
});

/** Addresses that are the server's own pages or answers, not this interface's. */
const NOT_OURS = /^\/(api|health|metrics|openapi\.json|docs|redoc|setup|pages|autorite(\.crt)?)(\/|$)/;

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  const kept = request.mode === 'navigate' ? '/' : request;
  event.respondWith(caches.open(SHELL).then((cache) => cache.match(kept)).then((hit) => hit ?? fetch(request)));
});
