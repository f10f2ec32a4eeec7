// The scanner: camera, picture, hand scanner or typed text in, one verdict out. Opens no address
// from a code, and links to none but this service's own status page. What it keeps on the device is told in scanner/keeping.js: never a person.
import './scanner/dress.js';
import { Camera, loadReader } from './scanner/camera.js';
import { TOO_MANY_WRONG, decide, numberOf, seconds } from './scanner/deciding.js';
import { encode } from './scanner/base45.js';
import { listen, repaired } from './scanner/hand_scanner.js';
import { note } from './scanner/history.js';
import { hold, keepPages, rememberUntold } from './scanner/off_line.js';
import { symbolOf } from './qr_writer.js';
import { draw } from './symbol.js';
import { paint, say } from './verdict_view.js';

const CLEAR_AFTER = 30000; // ms a person's data stays on the screen
const READ_WITHIN = 3000; // ms; what cannot be read by then is not waited for
const NONCE_LIVES = 60000; // ms a holder has to answer a nonce
const SIGNALS = { valid: [[880, 120]], replayed: [[520, 120], [520, 120]], stale_list: [[520, 120], [520, 120]], malformed: [[520, 120], [520, 120]] };
const ALARM = [[220, 260], [220, 260], [220, 260]];

const at = (id) => document.getElementById(id);
const [result, ready, dock, trouble, quiet, scanner] = ['result', 'ready', 'dock', 'trouble', 'quiet', 'scanner'].map(at);
const kept = (name) => localStorage.getItem(`scan.${name}`) ?? '';
let holdings = null;
let read = Promise.resolve(); // settled once what is held has been read: a quick hand may be before it
let nonce = null;
let clearing = 0;
let judging = false;
let ageSaid = false; // the service has said how old its own list is

const camera = new Camera(at('video'), scanner.dataset.reader, {
  found: (code) => judge(code),
  changed(on) {
    at('finder').hidden = !on;
    at('camera-controls').hidden = !on;
    at('start').hidden = on;
  },
});

const complain = (text) => {
  trouble.textContent = text;
  trouble.hidden = !text;
};

/** Says at the file's form that it is being judged: a large one takes seconds. */
function working(on) {
  at('working').textContent = on ? say('working') : '';
  at('picture').ariaBusy = String(on);
}

function signal(verdict) {
  if (quiet.checked) return;
  const beeps = SIGNALS[verdict] ?? ALARM;
  navigator.vibrate?.(beeps.flatMap(([, ms]) => [ms, 90]));
  const sound = new AudioContext();
  beeps.forEach(([pitch, ms], i) => {
    const tone = sound.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(sound.destination);
    tone.start(sound.currentTime + i * 0.3);
    tone.stop(sound.currentTime + i * 0.3 + ms / 1000);
  });
  setTimeout(() => sound.close(), 1500);
}

function show(answer) {
  camera.stop();
  complain('');
  result.replaceChildren(paint(answer));
  ready.hidden = true;
  dock.hidden = false;
  document.title = `${result.querySelector('h1').textContent} · ${document.title.split(' · ').slice(-2).join(' · ')}`;
  scrollTo(0, 0);
  signal(answer.verdict);
  if (typeof answer.list_age_s === 'number') {
    ageSaid = true;
    sayAge(answer.list_age_s, '');
  } else if (answer.off_line) sayHeld(holdings);
  clearTimeout(clearing);
  clearing = setTimeout(clear, CLEAR_AFTER);
}

function sayAge(age, state) {
  const minutes = Math.floor(age / 60);
  at('list-age').textContent = minutes ? say(`${state}minutes`, minutes) : say(`${state}fresh`);
}

/** How old the lists are that this device holds, and whether it could judge without a network. */
function sayHeld(held) {
  const now = seconds();
  if (!held?.ready) return;
  if (held.stale(now) && !navigator.onLine) at('list-age').textContent = say('off_stale', Math.floor(held.age(now) / 60));
  else if (!navigator.onLine) sayAge(held.age(now), 'off_');
  else if (!ageSaid) sayAge(held.age(now), '');
}

function clear() {
  clearTimeout(clearing);
  if (!result.firstChild) return;
  result.replaceChildren();
  ready.hidden = false;
  dock.hidden = true;
  at('status').textContent = say('cleared');
}

/** The path of the status page of a small URL code, of this very service alone; or null. */
function statusPathOf(text) {
  const path = text.startsWith(`${location.origin}/s/`) ? text.slice(location.origin.length) : '';
  return /^\/s\/[0-9a-z]{20}$/.test(path) ? path : null;
}

/** Asks for a verdict on a code's text and shows it; one at a time. */
async function judge(code) {
  if (judging) return;
  judging = true;
  try {
    const place = kept('place');
    await read;
    const asked = nonce;
    const found = statusPathOf(code) ? { verdict: 'malformed', reasons: ['STATUS_ADDRESS'] } : await decide(code, { holdings, verifier: place, nonce: asked });
    const answer = found && { ...found, two_way: Boolean(asked), status_path: statusPathOf(code) };
    hideNonce();
    if (!answer || answer === TOO_MANY_WRONG) {
      camera.stop();
      if (answer) complain(say('numbers'));
      else complain(say(numberOf(code) ? 'number_needs_network' : 'no_network'));
      return;
    }
    show(answer);
    await note(answer, place);
    if (answer.off_line && at('tell').checked) await rememberUntold(code, answer, place);
  } finally {
    judging = false;
  }
}

async function startCamera() {
  complain('');
  try {
    const stream = await camera.start();
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === 'videoinput');
    at('turn').hidden = cameras.length < 2;
    at('torch').hidden = !stream.getVideoTracks()[0].getCapabilities?.().torch;
  } catch {
    camera.stop();
    complain(say('no_camera'));
  }
}

/** Two-way: the holder's phone signs what only this device has just thought of. */
function showNonce() {
  nonce = crypto.getRandomValues(new Uint8Array(16));
  draw(at('nonce-code'), symbolOf(`RPN1:${encode(nonce)}`), say('nonce'));
  at('two-way-shown').hidden = false;
  const asked = nonce;
  setTimeout(() => asked === nonce && hideNonce(), NONCE_LIVES);
}

function hideNonce() {
  nonce = null;
  at('two-way-shown').hidden = true;
  at('nonce-code').replaceChildren();
}

at('start').addEventListener('click', startCamera);
at('stop').addEventListener('click', () => camera.stop());
at('turn').addEventListener('click', () => {
  camera.turn();
  startCamera();
});
at('torch').addEventListener('click', async ({ currentTarget }) => {
  const on = currentTarget.getAttribute('aria-pressed') !== 'true';
  await camera.torch(on);
  currentTarget.setAttribute('aria-pressed', String(on));
});
at('typed').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = at('code'); // a hand scanner types here and presses Enter
  const code = /^\s*rp[dhn]?1[:：]/i.test(input.value) ? repaired(input.value) : input.value.trim();
  input.value = '';
  if (code) judge(code);
  else complain(say('empty'));
});
at('picture').addEventListener('submit', async (event) => {
  const file = at('file').files[0];
  if (at('working').textContent) return void event.preventDefault(); // once is enough
  complain('');
  const picture = file?.type.startsWith('image/');
  if (file && !picture && !navigator.onLine) {
    event.preventDefault();
    return void complain(say('document_needs_network'));
  }
  working(Boolean(file));
  if (!picture) return; // a document is judged by the service
  event.preventDefault();
  const code = await loadReader(scanner.dataset.reader).then((module) => module.readPhotograph(file)).catch(() => null);
  if (code) await judge(code);
  else complain(say('no_code'));
  working(false);
});
addEventListener('pageshow', () => working(false)); // back from a verdict on a document
at('next').addEventListener('click', (event) => {
  event.preventDefault();
  clear();
  if (!at('camera').hidden) startCamera();
});
at('two-way-start').addEventListener('click', () => {
  showNonce();
  at('two-way-shown').scrollIntoView({ block: 'nearest' });
});
document.addEventListener('visibilitychange', () => document.hidden && camera.stop());
listen(judge);

quiet.checked = kept('quiet') === '1';
quiet.addEventListener('change', () => localStorage.setItem('scan.quiet', quiet.checked ? '1' : ''));
at('tell').checked = kept('tell') !== '0';
at('tell').addEventListener('change', () => localStorage.setItem('scan.tell', at('tell').checked ? '1' : '0'));
at('place').value = kept('place');
at('place').addEventListener('change', () => {
  if (/^RP[DHN]?1:/i.test(at('place').value)) at('place').value = ''; // a hand scanner typed here: no place
  localStorage.setItem('scan.place', at('place').value.trim());
});
at('two-way').hidden = false;
at('device').hidden = false;
at('quiet-choice').hidden = false;
at('camera').hidden = !navigator.mediaDevices?.getUserMedia;
if (result.firstChild) clearing = setTimeout(clear, CLEAR_AFTER);

/** After one visit on line the page opens and judges without a network. */
async function prepareForNoNetwork() {
  const { root, lang } = { ...scanner.dataset, lang: document.documentElement.lang };
  if (!root || !globalThis.crypto?.subtle) return;
  const pages = keepPages();
  globalThis.caches?.open('scan-choice').then((choice) => choice.put('/scan/lang', new Response(lang))).catch(() => null);
  let done;
  read = Promise.race([new Promise((resolve) => { done = resolve; }), new Promise((resolve) => { setTimeout(resolve, READ_WITHIN); })]);
  await hold(root, (held) => {
    holdings = held;
    sayHeld(held);
    done();
  });
  if ((await pages) && holdings.ready) at('held').hidden = false;
}
prepareForNoNetwork();

let offer = null;
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event;
  at('install').hidden = false;
});
at('install').addEventListener('click', () => {
  at('install').hidden = true;
  offer?.prompt();
});
