// The scanner: camera, picture or typed text in, one verdict out. Opens no address from a code,
// and keeps nothing but, until the page is closed, digests of codes that may be used only once.
import { paint, say } from './verdict_view.js';

const CLEAR_AFTER = 30000; // ms a person's data stays on the screen
const EVERY = 150; // ms between two looks through the camera
const ONCE = /^(RPD1|RPH1):/; // codes that are good for one presentation
const SIGNALS = { valid: [[880, 120]], replayed: [[520, 120], [520, 120]], stale_list: [[520, 120], [520, 120]], malformed: [[520, 120], [520, 120]] };
const ALARM = [[220, 260], [220, 260], [220, 260]];

const at = (id) => document.getElementById(id);
const [result, ready, dock, trouble, video, quiet] = ['result', 'ready', 'dock', 'trouble', 'video', 'quiet'].map(at);
const seen = new Set();
let stream = null;
let facing = 'environment';
let clearing = 0;
let reader = null;

/** The reader, fetched on first need: 360 kB that a page without a camera never asks for. */
function loadReader() {
  reader ??= import('./code_reader.js').then(async (module) => {
    await module.prepare(at('scanner').dataset.reader);
    return module;
  });
  return reader;
}

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
  stopCamera();
  complain('');
  result.replaceChildren(paint(answer));
  ready.hidden = true;
  dock.hidden = false;
  document.title = `${result.querySelector('h1').textContent} · ${document.title.split(' · ').slice(-2).join(' · ')}`;
  scrollTo(0, 0);
  signal(answer.verdict);
  if (typeof answer.list_age_s === 'number') {
    const minutes = Math.floor(answer.list_age_s / 60);
    at('list-age').textContent = minutes ? say('minutes', minutes) : say('fresh');
  }
  clearTimeout(clearing);
  clearing = setTimeout(clear, CLEAR_AFTER);
}

function clear() {
  clearTimeout(clearing);
  if (!result.firstChild) return;
  result.replaceChildren();
  ready.hidden = false;
  dock.hidden = true;
  at('status').textContent = say('cleared');
}

async function digest(text) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint8Array(hash));
}

/** Asks for a verdict on a code's text; the same single-use code twice here is replayed at once. */
async function judge(code) {
  const once = ONCE.test(code) ? await digest(code) : null;
  if (once && seen.has(once)) {
    return show({ verdict: 'replayed', checks: [{ name: 'replay', passed: false }] });
  }
  let answer;
  try {
    const response = await fetch('/v1/verify/code', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code }), cache: 'no-store' });
    if (!response.ok) throw new Error(`answer ${response.status}`);
    answer = await response.json();
  } catch {
    stopCamera();
    return complain(say('no_network'));
  }
  if (once) seen.add(once);
  return show(answer);
}

async function look(module, picture, context) {
  if (!stream || picture !== stream) return;
  if (video.videoWidth) {
    context.canvas.width = video.videoWidth;
    context.canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    const code = await module.read(context.getImageData(0, 0, video.videoWidth, video.videoHeight));
    if (code && stream === picture) return void judge(code);
  }
  setTimeout(look, EVERY, module, picture, context);
}

async function startCamera() {
  complain('');
  try {
    const [module, opened] = await Promise.all([loadReader(), navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 1280 } } })]);
    stream = opened;
    video.srcObject = opened;
    await video.play();
    camera(true);
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === 'videoinput');
    at('turn').hidden = cameras.length < 2;
    at('torch').hidden = !opened.getVideoTracks()[0].getCapabilities?.().torch;
    look(module, opened, document.createElement('canvas').getContext('2d', { willReadFrequently: true }));
  } catch {
    stopCamera();
    complain(say('no_camera'));
  }
}

function camera(on) {
  at('finder').hidden = !on;
  at('camera-controls').hidden = !on;
  at('start').hidden = on;
}

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  camera(false);
}

at('start').addEventListener('click', startCamera);
at('stop').addEventListener('click', stopCamera);
at('turn').addEventListener('click', () => {
  stopCamera();
  facing = facing === 'environment' ? 'user' : 'environment';
  startCamera();
});
at('torch').addEventListener('click', async ({ currentTarget }) => {
  const on = currentTarget.getAttribute('aria-pressed') !== 'true';
  await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  currentTarget.setAttribute('aria-pressed', String(on));
});
at('typed').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = at('code'); // a hand scanner types here and presses Enter
  const code = input.value.trim(); // pasted with what stood around it; no code ends in a space
  input.value = '';
  if (code) judge(code);
  else complain(say('empty'));
});
at('picture').addEventListener('submit', async (event) => {
  const file = at('file').files[0];
  if (at('working').textContent) return void event.preventDefault(); // once is enough
  complain('');
  working(Boolean(file));
  if (!file?.type.startsWith('image/')) return; // a document is judged by the server
  event.preventDefault();
  const code = await loadReader().then((module) => module.read(file)).catch(() => null);
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
document.addEventListener('visibilitychange', () => document.hidden && stopCamera());
quiet.checked = localStorage.getItem('scan.quiet') === '1';
quiet.addEventListener('change', () => localStorage.setItem('scan.quiet', quiet.checked ? '1' : ''));
at('quiet-choice').hidden = false;
at('camera').hidden = !navigator.mediaDevices?.getUserMedia;
if (result.firstChild) clearing = setTimeout(clear, CLEAR_AFTER);
