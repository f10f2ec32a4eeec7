// Renews the code before it dies or once it was scanned, counts the seconds, keeps the screen awake,
// and takes the code away while nobody looks at the page. The server's time counts, not the phone's.

const RENEW_LEFT = 10; // seconds left at which the next code is fetched
const RING = 94.2; // circumference of the ring
const ASK_EVERY = 2000; // ms between two questions whether the code was scanned
const PAUSE = 5000; // ms that "checked once" stands alone before the next code comes by itself

const box = document.getElementById('present');
const at = (id) => document.getElementById(id);
const [code, spoken, trouble, used, scanned] = ['code', 'spoken', 'trouble', 'used', 'scanned'].map(at);
const label = code.querySelector('svg').getAttribute('aria-label');
const headers = { 'X-CSRF-Token': box.dataset.csrf, Accept: 'application/json' };
let ahead = Date.parse(box.dataset.now) - Date.now(); // how far the server's clock is ahead of ours
let expires = Date.parse(box.dataset.expires);
let cti = box.dataset.cti; // of the code on the page; null once it is known to be used
let shown = cti; // of the code that the page had last
let former = null; // of the one before, which lives on for a few seconds: {cti, until}
const life = Math.round((expires - Date.parse(box.dataset.now)) / 1000);
let fetching = false;
let retryAt = 0;
let pausedUntil = 0; // while it says that the code was scanned
let askedAt = Date.now();
let lock = null;

const now = () => Date.now() + ahead;
const chosen = () => new URLSearchParams({ level: box.dataset.level, ...(box.dataset.age && { age: box.dataset.age }), ...(shown && { former: shown }) });
const post = (what, body) => fetch(`${box.dataset.href}/${what}`, { method: 'POST', headers, body, cache: 'no-store' });

/** Takes the code away, and what stands for it. */
function clear() {
  code.replaceChildren();
  if (at('digits')) at('digits').textContent = '';
}

async function renew() {
  if (fetching || document.hidden || Date.now() < retryAt) return;
  fetching = true;
  try {
    const answer = await post('code', chosen());
    if (answer.status === 401 || answer.status === 404 || answer.status === 409) return void location.reload();
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    const next = await answer.json();
    former = cti && { cti, until: expires };
    expires = Date.parse(next.expires_at);
    ahead = expires - next.seconds * 1000 - Date.now();
    cti = shown = next.cti;
    const { draw } = await import('./symbol.js'); // the first code came drawn
    clear();
    draw(code, next, label);
    pausedUntil = 0;
    askedAt = Date.now();
    scanned.hidden = true;
    at('ring').hidden = false;
    trouble.hidden = true;
    tellUsed(next.used_at);
    spoken.textContent = spoken.dataset.renewed;
  } catch {
    trouble.hidden = false;
    retryAt = Date.now() + 3000;
  } finally {
    fetching = false;
  }
}

function tellUsed(moment) {
  if (moment) former = null; // told
  used.hidden = !moment;
  at('used-at').textContent = moment || '';
}

async function scannedAt(asked) {
  const answer = await fetch(`${box.dataset.href}/scanned?cti=${asked}`, { headers, cache: 'no-store' }).catch(() => null);
  return answer?.ok ? (await answer.json()).used_at : undefined;
}

/** Asks whether the code was scanned; a used one is taken away at once. So is asked of the former. */
async function ask() {
  if (!cti || document.hidden || !code.firstChild || Date.now() < askedAt + ASK_EVERY) return;
  askedAt = Date.now();
  const asked = cti;
  if (former && now() < former.until + ASK_EVERY) {
    const moment = await scannedAt(former.cti);
    if (moment) tellUsed(moment);
  }
  const moment = await scannedAt(asked);
  if (!moment || asked !== cti) return;
  cti = null;
  clear();
  at('scanned-at').textContent = moment;
  at('ring').hidden = true;
  scanned.hidden = false;
  pausedUntil = Date.now() + PAUSE;
}

function tick() {
  at('clock').textContent = new Date(now()).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' });
  if (pausedUntil) {
    if (Date.now() > pausedUntil) renew();
    return;
  }
  const left = (expires - now()) / 1000;
  if (left <= 0) clear(); // a dead code is not shown
  const wait = Math.max(0, Math.ceil(left - RENEW_LEFT));
  at('seconds').textContent = String(wait);
  at('arc').setAttribute('stroke-dasharray', `${(RING * Math.max(0, left - RENEW_LEFT)) / (life - RENEW_LEFT)} ${RING}`);
  if (wait === 10) spoken.textContent = spoken.dataset.ten;
  if (left <= RENEW_LEFT || !code.firstChild) renew();
  else ask();
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
    clear();
    lock = null;
  } else {
    stayAwake();
    if (!pausedUntil) renew();
  }
});

at('again').addEventListener('click', renew);
at('number').hidden = !cti;
at('ask-number').addEventListener('click', async () => {
  const answer = cti && (await post('number', new URLSearchParams({ cti })).catch(() => null));
  if (!answer) return;
  if (answer.ok) at('digits').textContent = (await answer.json()).number.replace(/(...)(?=.)/g, '$1 ');
  else renew(); // it died meanwhile
});

const reveal = at('reveal');
if (reveal) {
  reveal.hidden = false;
  const name = at('name');
  const masked = [...name.childNodes];
  const mask = () => name.replaceChildren(...masked);
  let ends; // the timer of the showing that goes on
  document.addEventListener('visibilitychange', mask);
  reveal.addEventListener('click', async () => {
    const answer = await fetch(reveal.dataset.href, { method: 'POST', headers }).catch(() => null);
    if (!answer?.ok) return;
    name.replaceChildren((await answer.json()).name);
    clearTimeout(ends);
    ends = setTimeout(mask, 5000);
  });
}

stayAwake();
tick();
setInterval(tick, 500);
