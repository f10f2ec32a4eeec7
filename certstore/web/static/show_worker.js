// Keeps the page of off-line codes and what it is made of, and nothing else; never an answer that
// says anything of anybody. A page of another path is not ours.
const KEPT = 'show-1';
const PAGE = '/show';

async function keep(cache) {
  const answer = await fetch(PAGE, { credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  const parts = new Set();
  await gather(await answer.clone().text(), parts, cache);
  await cache.put(PAGE, answer);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== PAGE && !parts.has(pathname)) await cache.delete(request);
  }
}

async function gather(text, parts, cache) {
  const found = text.match(/\/static\/[A-Za-z0-9_./-]+\.(?:css|js|svg|wasm)/g) ?? [];
  for (const url of new Set(found)) {
    if (parts.has(url)) continue;
    parts.add(url);
    const kept = (await cache.match(url)) ?? (await fetch(url));
    if (!kept.ok) throw new Error(`answer ${kept.status}`);
    if (!(await cache.match(url))) await cache.put(url, kept.clone());
    if (/\.(?:js|css)$/.test(url)) await gather(await kept.text(), parts, cache);
  }
}

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then(keep).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  const others = (names) => names.filter((name) => name.startsWith('show-') && name !== KEPT);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(others(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});
self.addEventListener('message', (event) => {
  if (event.data === 'keep') event.waitUntil(caches.open(KEPT).then(keep).catch(() => null));
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE) {
    const kept = () => caches.match(PAGE).then((page) => page ?? Response.error());
    event.respondWith(fetch(event.request).catch(kept));
  } else if (url.pathname.startsWith('/static/')) {
    event.respondWith(caches.match(url.pathname).then((part) => part ?? fetch(event.request)));
  }
});
