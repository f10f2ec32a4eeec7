// What makes the scanner work without a network: the worker that keeps its pages, the lists it
// holds and how old they are, and the scans it tells the service of once it is back.
import { hex } from './bytes.js';
import { readClaims } from './claims.js';
import { Holdings } from './holdings.js';
import { all, drop, put } from './keeping.js';
import { openCode } from './profiles.js';

const EVERY = 120000; // ms; a list speaks for 300 s
const WORKER = '/scan-worker.js';
const MOST_TOLD = 100;
const MOST_KEPT = 1000;

/** Has the browser keep the pages and what they load; ready once they are kept. */
export async function keepPages() {
  if (!navigator.serviceWorker) return false;
  const only = (url) => { if (url !== WORKER) throw new TypeError('no other worker'); return url; };
  const policy = globalThis.trustedTypes?.createPolicy('scanner-worker', { createScriptURL: only });
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER, { scope: '/scan' });
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false;
  }
}

/** Holds the lists, refreshed while the page is open; `told(holdings)` after every change. */
export async function hold(root, told) {
  const holdings = await new Holdings(Uint8Array.from(atob(root), (c) => c.charCodeAt(0))).load();
  const refresh = async () => {
    if (navigator.onLine) await holdings.refresh().then(tellService).catch(() => null);
    told(holdings);
  };
  told(holdings);
  await refresh();
  setInterval(refresh, EVERY);
  addEventListener('online', refresh);
  addEventListener('offline', () => told(holdings));
  document.addEventListener('visibilitychange', () => !document.hidden && refresh());
  return holdings;
}

/** Remembers a scan made off line, to be told later: the code's own random number, and no fact of it. */
export async function rememberUntold(code, said, place) {
  const good = said.off_line && said.checks.some(({ name, passed }) => name === 'signature' && passed);
  const cti = good && readClaims(openCode(code).issued.payload).cti;
  if (!cti || (await all('untold')).length >= MOST_KEPT) return;
  const at = Math.floor(Date.now() / 1000);
  await put('untold', `${at}-${hex(cti)}`, { cti: hex(cti), verdict: said.verdict, scanned_at: at, place });
}

/** Tells the service of scans made off line; what it took is forgotten here. */
async function tellService() {
  const waiting = (await all('untold')).slice(0, MOST_TOLD);
  if (!waiting.length) return;
  const answer = await fetch('/v1/verify/log', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ scans: waiting.map(([, scan]) => scan) }), cache: 'no-store' });
  // 422: told in a form this service no longer takes. Kept, it would bar the way for ever.
  if (answer.ok || answer.status === 422) for (const [key] of waiting) await drop('untold', key);
}
