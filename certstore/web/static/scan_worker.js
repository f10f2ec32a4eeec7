// Keeps the scanner's pages and what they load, so that it opens without a network. The service
// writes VERSION, PAGES and FILES before this text. It keeps no answer about any code.
/* global VERSION, PAGES, FILES */
const CACHE = `scanner-${VERSION}`;
const PATIENCE = 1500; // ms until a slow network counts as none
const OURS = new Set(['/scan', '/scan/history']);
const ON_LINE = new Set(['/scan/file', '/scan/ask', '/scan/wallet']); // the scanner's page leads there

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // Without cookies: what is kept shows nobody's session and holds nobody's token.
    await Promise.all([
      ...PAGES.map(async (page) => put(cache, page, await fetch(page, { credentials: 'omit', cache: 'reload' }))),
      ...FILES.map(async (file) => put(cache, file, await fetch(file, { credentials: 'omit' }))),
    ]);
    await self.skipWaiting(); // nobody is left on an old version: names of files change with their content
  })());
});

async function put(cache, name, answer) {
  if (!answer.ok || answer.redirected) throw new Error(`${name}: ${answer.status}`);
  await cache.put(name, answer);
}

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    // The one before is kept: a page that is still open may yet load a part of it.
    const versions = (await caches.keys()).filter((name) => name.startsWith('scanner-') && name !== CACHE);
    await Promise.all(versions.slice(0, -1).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate' && OURS.has(url.pathname)) event.respondWith(opened(event.request, url));
  // Without a network they lead back, to where it stands that they need one.
  else if (event.request.mode === 'navigate' && ON_LINE.has(url.pathname)) event.respondWith(fetch(event.request).catch(() => Response.redirect('/scan#ways', 303)));
  else if (FILES.includes(url.pathname) || url.pathname.startsWith('/static/')) event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(event.request)));
});

async function opened(request, url) {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), PATIENCE);
  try {
    const answer = await fetch(request, { signal: slow.signal });
    if (answer.status < 500) return answer;
  } catch {
    // No network, or one that does not answer: what was kept is opened.
  } finally {
    clearTimeout(timer); // what has begun to arrive may take its time
  }
  return (await keptPage(url)) ?? Response.error();
}

async function keptPage(url) {
  const cache = await caches.open(CACHE);
  const last = await caches.match('/scan/lang').then((kept) => kept?.text());
  const lang = url.searchParams.get('lang') ?? (last?.startsWith('en') ? 'en' : 'zh');
  return (await cache.match(`${url.pathname}?lang=${lang}`)) ?? cache.match(`${url.pathname}?lang=zh`);
}
