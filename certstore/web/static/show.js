// Presents off line: wraps the authority's message anew every 15 seconds with the key in this phone,
// answers a verifier's own code, and fetches fresh messages whenever there is a network.
import { dropAll, dropCode, keepCode, keepDevice, kept, withoutTheDead } from './kept_codes.js';
import { makeKey, nonceOf, sign, wrap } from './off_line_code.js';
import { symbolOf } from './qr_writer.js';
import { draw } from './symbol.js';

const EVERY = 15; // seconds a wrapper lives
const FRESH = 23 * 3600_000; // ms left below which a message is fetched anew
const LOOK = 150; // ms between two looks through the camera

const at = (id) => document.getElementById(id);
const words = at('words').content;
const say = (name, value = '') => words.querySelector(`[data-say="${name}"]`).textContent.replace('%s', value);
const named = (kind, name) => words.querySelector(`[data-${kind}="${name}"]`)?.textContent ?? name;
let wanted = new URLSearchParams(location.search).get('certificate');
let state = { signed_in: false }; // what the server says while there is a network
let device = null;
let codes = [];
let chosen = null; // the code on the screen
let nonce = null; // of the verifier who was scanned
let drawnAt = 0;
let stream = null;
let lock = null;

const now = () => Date.now() + (device?.ahead ?? 0);
const b64 = (data) => btoa(String.fromCharCode(...data)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const unb64 = (said) => Uint8Array.from(atob(said.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

function tell(place, text) {
  at(place).textContent = text;
  at(place).hidden = !text;
}

async function post(path, fields = {}) {
  const headers = { 'X-CSRF-Token': state.csrf, Accept: 'application/json' };
  return fetch(path, { method: 'POST', headers, body: new URLSearchParams(fields), cache: 'no-store' });
}

// -- what the phone holds -------------------------------------------------------------------

async function load() {
  const found = await kept();
  device = found.device ?? null;
  codes = (await withoutTheDead(found.codes, now())).sort((a, b) => (a.certificate < b.certificate ? -1 : 1));
  chosen = codes.find((code) => code.certificate === (chosen?.certificate ?? wanted)) ?? codes[0] ?? null;
  paint();
}

function paint() {
  at('shown').hidden = !chosen;
  at('empty').hidden = Boolean(chosen);
  at('naming').hidden = Boolean(device);
  at('others').replaceChildren(...(codes.length > 1 ? codes.map(choice) : []));
  if (!chosen) {
    at('code').replaceChildren();
    showPerson();
    const why = state.signed_in ? 'no_certificates' : state.now ? 'signed_out' : 'nothing'; // `now`: on line
    return tell('nothing', at('add').hidden ? say(why) : '');
  }
  const whose = chosen.ward ? say('whose', chosen.ward) : '';
  at('what').textContent = say('live', whose + named('type', chosen.type));
  at('says').textContent = named('level', chosen.level);
  showPerson();
  drawnAt = 0;
  return tick();
}

/** Who it is, for a verifier without a network to compare with: as long as the code lives. */
function showPerson() {
  const { name, portrait } = chosen && chosen.expires > now() ? chosen : {};
  const picture = at('portrait');
  URL.revokeObjectURL(picture.src);
  picture.removeAttribute('src');
  if (portrait) picture.src = URL.createObjectURL(new Blob([portrait], { type: 'image/jpeg' }));
  picture.hidden = at('compare').hidden = !portrait;
  at('holder').replaceChildren(...(name ?? '').split(/(\*+)/).flatMap(spoken));
  at('person').hidden = !name;
  at('person').classList.toggle('no-photo', !portrait);
}

/** Asterisks are drawn, and read aloud as hidden. */
function spoken(piece) {
  if (!piece.startsWith('*')) return [piece];
  const [mask, heard] = [['mask', piece], ['vh', say('hidden')]].map(([className, textContent]) => Object.assign(document.createElement('span'), { className, textContent }));
  mask.setAttribute('aria-hidden', 'true');
  return [mask, heard];
}

function choice(code) {
  const link = document.createElement('a');
  link.href = `?certificate=${code.certificate}`;
  link.textContent = (code.ward ? say('whose', code.ward) : '') + named('type', code.type);
  if (code === chosen) link.setAttribute('aria-current', 'true');
  link.addEventListener('click', (event) => {
    event.preventDefault();
    chosen = code;
    paint();
  });
  return link;
}

// -- the code on the screen -----------------------------------------------------------------

async function redraw() {
  const [code, bound] = [chosen, nonce];
  drawnAt = now();
  const text = await wrap(device, code.inner, Math.floor(drawnAt / 1000), bound);
  if (code !== chosen || bound !== nonce || document.hidden) return;
  draw(at('code'), symbolOf(text), say('code'));
}

function tick() {
  at('clock').textContent = new Date(now()).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' });
  if (!chosen || !device) return;
  const left = chosen.expires - now();
  at('left').textContent = left > 0 ? say('left', Math.floor(left / 3600_000)) : say('ended');
  if (left <= 0) { // a dead code is not shown, nor whose it was
    if (!at('person').hidden) showPerson();
    return void at('code').replaceChildren();
  }
  const wait = Math.ceil(EVERY - (now() - drawnAt) / 1000);
  at('seconds').textContent = String(Math.max(0, Math.min(EVERY, wait)));
  if ((wait <= 0 || wait > EVERY || !at('code').firstChild) && !document.hidden) redraw();
}

document.addEventListener('visibilitychange', async () => {
  at('code').replaceChildren();
  drawnAt = 0;
  if (document.hidden) return stopCamera();
  stayAwake();
  return ask();
});

async function stayAwake() {
  lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
}

// -- a verifier's code ----------------------------------------------------------------------

function bind(text) {
  const found = nonceOf(text.trim().toUpperCase());
  tell('told', found ? '' : say('wrong_nonce'));
  if (!found) return false;
  nonce = found;
  at('bound').hidden = false;
  at('high').open = false;
  drawnAt = 0;
  tick();
  scrollTo(0, 0);
  return true;
}

async function startCamera() {
  tell('told', '');
  const { prepare, read } = await import('./code_reader.js');
  try {
    await prepare(at('show').dataset.reader);
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
  } catch {
    return tell('told', say('no_camera'));
  }
  at('video').srcObject = stream;
  at('video').hidden = at('stop').hidden = false;
  at('scan').hidden = true;
  await at('video').play();
  return look(stream, read, document.createElement('canvas').getContext('2d', { willReadFrequently: true }));
}

async function look(from, read, context) {
  if (!stream || stream !== from) return;
  const { videoWidth, videoHeight } = at('video');
  if (videoWidth) {
    Object.assign(context.canvas, { width: videoWidth, height: videoHeight });
    context.drawImage(at('video'), 0, 0);
    const text = await read(context.getImageData(0, 0, videoWidth, videoHeight));
    if (text && stream === from && bind(text)) return void stopCamera();
  }
  setTimeout(look, LOOK, from, read, context);
}

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  at('video').srcObject = null;
  at('video').hidden = at('stop').hidden = true;
  at('scan').hidden = false;
}

at('scan').addEventListener('click', startCamera);
at('stop').addEventListener('click', stopCamera);
at('type').addEventListener('submit', (event) => {
  event.preventDefault();
  bind(at('nonce').value);
});
at('unbind').addEventListener('click', () => {
  nonce = null;
  at('bound').hidden = true;
  drawnAt = 0;
  tick();
});

// -- with a network -------------------------------------------------------------------------

async function fetchCode(certificate, level, ward) {
  const answer = await post('/show/codes', { device: device.ref, certificate, level });
  if (answer.status === 404 || answer.status === 409) await dropCode(certificate); // no longer valid
  if (!answer.ok) return answer.status;
  const made = await answer.json();
  const { name, type, portrait } = made;
  await keepCode({ certificate, ward, name, level: made.level, type, portrait: portrait && unb64(portrait), inner: unb64(made.inner), expires: Date.parse(made.expires_at) });
  return 200;
}

/** Asks who is signed in, throws away what was signed out elsewhere, fetches what grows old. */
async function ask() {
  const answer = await fetch('/show/state', { cache: 'no-store', headers: { Accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) return tick();
  state = await answer.json();
  if (device) await keepDevice((device = { ...device, ahead: state.now * 1000 - Date.now() }));
  if (device && state.signed_in && !state.devices.includes(device.ref)) await dropAll();
  else if (device && state.signed_in) {
    for (const code of codes.filter((each) => each.expires - now() < FRESH)) {
      await fetchCode(code.certificate, code.level, code.ward).catch(() => null);
    }
  }
  offer();
  await load();
  navigator.serviceWorker?.controller?.postMessage('keep');
  return undefined;
}

function offer() {
  at('enter').hidden = state.signed_in;
  const options = (state.certificates ?? []).map(({ ref, type, ward }) => {
    const option = document.createElement('option');
    option.value = ref;
    option.textContent = (ward ? say('whose', ward) : '') + named('type', type);
    option.selected = ref === wanted;
    return option;
  });
  at('certificate').replaceChildren(...options);
  at('add').hidden = !options.length;
}

async function enrol() {
  const made = await makeKey();
  const asked = await post('/show/challenge');
  if (!asked.ok) return asked.status;
  const { challenge } = await asked.json();
  const kid = [...made.kid].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const signature = await sign(made, new TextEncoder().encode(`certstore-device\n${challenge}\n${kid}`));
  const { x, y } = await crypto.subtle.exportKey('jwk', made.keys.publicKey);
  const answer = await post('/show/devices', { name: at('name').value.trim(), x, y, challenge, signature: b64(signature) });
  if (!answer.ok) return answer.status;
  device = { ref: (await answer.json()).device, ...made, ahead: state.now * 1000 - Date.now() };
  await keepDevice(device);
  return 200;
}

at('add').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!device && !at('name').value.trim()) return at('name').focus();
  tell('told', say('making'));
  const certificate = at('certificate').value;
  const ward = state.certificates.find((each) => each.ref === certificate)?.ward ?? '';
  let status = device ? 200 : await enrol().catch(() => 0);
  const many = !device && status === 409;
  if (status === 200) status = await fetchCode(certificate, at('level-choice').value, ward).catch(() => 0);
  [wanted, chosen] = [certificate, null]; // found by its name among what is kept
  await load();
  return tell('told', say(status === 200 ? 'ready' : many ? 'many' : status === 409 ? 'refused' : 'failed'));
});

at('remove').addEventListener('click', async () => {
  const { ref } = device;
  await dropAll();
  nonce = null;
  if (state.signed_in) await post(`/show/devices/${ref}/sign-out`).catch(() => null);
  await load();
  tell('told', say('removed'));
});

// -- begin ----------------------------------------------------------------------------------

async function keepPage() {
  const only = { createScriptURL: (url) => (url === '/show-worker.js' ? url : '') };
  const policy = globalThis.trustedTypes?.createPolicy('show', only) ?? only;
  await navigator.serviceWorker?.register(policy.createScriptURL('/show-worker.js'), { scope: '/show' });
}

if (globalThis.indexedDB && globalThis.crypto?.subtle) {
  keepPage().catch(() => null); // without it the page needs the network to open
  stayAwake();
  await load().catch(() => null);
  setInterval(tick, 500);
  await ask();
} else {
  tell('nothing', say('old'));
}
