// Has the scanner page's own modules decide on codes, one after another, in node: what is asked
// stands on standard input, the answers on standard output. The service answers, where it does, as
// the step says; the clock is set as the step says.
import { readFileSync } from 'node:fs';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const load = (name) => import(new URL(`../../../certstore/web/static/scanner/${name}.js`, import.meta.url));
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
let step = null;

const network = new Map([
  ['/.well-known/certstore-trust-list', () => new TextEncoder().encode(asked.trust)],
  ['/.well-known/certstore-status-lists', () => new TextEncoder().encode(JSON.stringify({ status_lists: ['/status-lists/4'] }))],
  ['/status-lists/4', () => bytes(asked.list)],
]);
globalThis.location = { origin: 'https://certs.example' };
Object.defineProperty(globalThis, 'navigator', { value: { get onLine() { return !step || step.on_line; } }, configurable: true });
globalThis.fetch = async (path, init) => {
  if (path === '/v1/verify/code' && JSON.parse(init.body).code === '000000000') return new Response(null, { status: 429 });
  if (path === '/v1/verify/code') return Response.json({ verdict: 'valid', reasons: [], checks: [], fields: {} });
  return network.has(path) ? new Response(network.get(path)()) : new Response(null, { status: 404 });
};
Date.now = () => (step?.now ?? asked.now) * 1000;

const { Holdings } = await load('holdings');
const { decide } = await load('deciding');
const holdings = await new Holdings(bytes(asked.root)).load();
await holdings.refresh();
const answers = [];
for (step of asked.steps) answers.push(await decide(step.text, { holdings }));
process.stdout.write(JSON.stringify(answers));
