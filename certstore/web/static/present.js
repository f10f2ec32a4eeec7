// Renews the code before it dies, counts the seconds, keeps the screen awake, and takes the code
// away while nobody looks at the page. The server's time counts, not the telephone's.
const QUIET = 4; // modules of white around the symbol
const RENEW_LEFT = 10; // seconds left at which the next code is fetched
const RING = 94.2; // circumference of the ring
const SVG = 'http://www.w3.org/2000/svg';

const box = document.getElementById('present');
const at = (id) => document.getElementById(id);
const [code, spoken, trouble, used] = ['code', 'spoken', 'trouble', 'used'].map(at);
const label = code.querySelector('svg').getAttribute('aria-label');
let ahead = Date.parse(box.dataset.now) - Date.now(); // how far the server's clock is ahead of ours
let expires = Date.parse(box.dataset.expires);
const life = Math.round((expires - Date.parse(box.dataset.now)) / 1000);
let fetching = false;
let retryAt = 0;
let lock = null;

const now = () => Date.now() + ahead;

/** The path of the black modules of a symbol packed eight to a byte, row by row. */
function path(modules, size) {
  const bytes = Uint8Array.from(atob(modules), (c) => c.charCodeAt(0));
  const black = (i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1;
  let d = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!black(y * size + x)) continue;
      const from = x;
      while (x < size && black(y * size + x)) x += 1;
      d += `M${from + QUIET} ${y + QUIET}h${x - from}v1h${from - x}z`;
    }
  }
  return d;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Draws the new code in place of the old one, which stays until then. */
function draw({ modules, size }) {
  const side = size + 2 * QUIET;
  const svg = element('svg', { class: 'qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' });
  svg.append(element('path', { fill: '#fff', d: `M0 0h${side}v${side}H0z` }), element('path', { d: path(modules, size) }));
  code.replaceChildren(svg);
}

async function renew() {
  if (fetching || document.hidden || Date.now() < retryAt) return;
  fetching = true;
  try {
    const answer = await fetch(box.dataset.href, {
      method: 'POST',
      headers: { 'X-CSRF-Token': box.dataset.csrf, Accept: 'application/json' },
      body: new URLSearchParams({ level: box.dataset.level }),
      cache: 'no-store',
    });
    if (answer.status === 401 || answer.status === 404 || answer.status === 409) return void location.reload();
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    const next = await answer.json();
    expires = Date.parse(next.expires_at);
    ahead = expires - next.seconds * 1000 - Date.now();
    draw(next);
    trouble.hidden = true;
    used.hidden = !next.used_at;
    at('used-at').textContent = next.used_at ?? '';
    spoken.textContent = spoken.dataset.renewed;
  } catch {
    trouble.hidden = false;
    retryAt = Date.now() + 3000;
  } finally {
    fetching = false;
  }
}

function tick() {
  at('clock').textContent = new Date(now()).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' });
  const left = (expires - now()) / 1000;
  if (left <= 0) code.replaceChildren(); // a dead code is not shown
  const wait = Math.max(0, Math.ceil(left - RENEW_LEFT));
  at('seconds').textContent = String(wait);
  at('arc').setAttribute('stroke-dasharray', `${(RING * Math.max(0, left - RENEW_LEFT)) / (life - RENEW_LEFT)} ${RING}`);
  if (wait === 10) spoken.textContent = spoken.dataset.ten;
  if (left <= RENEW_LEFT || !code.firstChild) renew();
}

async function stayAwake() {
  try {
    lock = (await navigator.wakeLock?.request('screen')) ?? null;
  } catch {
    lock = null; // low battery, or refused: the code works all the same
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    code.replaceChildren();
    lock = null;
  } else {
    stayAwake();
    renew();
  }
});

const reveal = at('reveal');
if (reveal) {
  reveal.hidden = false;
  reveal.addEventListener('click', async () => {
    const name = at('name');
    const masked = [...name.childNodes];
    const answer = await fetch(reveal.dataset.href, { method: 'POST', headers: { 'X-CSRF-Token': box.dataset.csrf } }).catch(() => null);
    if (!answer?.ok) return;
    name.replaceChildren((await answer.json()).name);
    setTimeout(() => name.replaceChildren(...masked), 5000);
  });
}

stayAwake();
tick();
setInterval(tick, 500);
