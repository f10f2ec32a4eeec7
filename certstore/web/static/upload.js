// Hands in a file: measured here first, then sent in pieces that survive a lost network. Texts
// stand in the page. Of the file nothing is kept on the device but its length and digest.
import { judge, measure } from './legibility.js';

const PIECE = 256 * 1024; // bytes of one request
const PATIENCE = [500, 1000, 2000, 4000, 8000, 15000]; // ms between attempts while there is no network
const KINDS = [['FFD8FF', 'picture'], ['89504E470D0A1A0A', 'picture'], ['255044462D', 'document']];

const at = (id) => document.getElementById(id);
const [form, sending, status, bar, picture, hints, choices] = ['upload', 'sending', 'status', 'bar', 'preview', 'hints', 'choices'].map(at);
const words = at('words').content;
const say = (name, value = '') => words.querySelector(`[data-say="${CSS.escape(name)}"]`)?.textContent.replace('%s', value) ?? name;
const { path, most, sight: rules, csrf } = form.dataset;
const sight = JSON.parse(rules);
const remembered = `upload ${path}`;
let run = 0; // what was begun before the last choice of a file goes no further

const pause = (ms) => new Promise((resume) => {
  const timer = setTimeout(done, ms);
  function done() {
    clearTimeout(timer);
    removeEventListener('online', done);
    resume();
  }
  addEventListener('online', done);
});

const ask = (method, url, headers = {}, body = undefined) => fetch(url, { method, body, cache: 'no-store', headers: { 'X-CSRF-Token': csrf, Accept: 'application/json', ...headers } });

async function kindOf(file) {
  const bytes = [...new Uint8Array(await file.slice(0, 12).arrayBuffer())];
  const head = bytes.map((b) => b.toString(16).padStart(2, '0')).join('').toUpperCase();
  const brand = String.fromCharCode(...bytes.slice(4, 12));
  if (/^ftyp(hei|hev|mif|msf)/.test(brand)) return 'FILE_HEIC';
  return KINDS.find(([magic]) => head.startsWith(magic))?.[1] ?? 'FILE_UNKNOWN';
}

/** The picture, small, as pixels; and how large it was. */
async function pixelsOf(file) {
  const opened = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const longer = Math.max(opened.width, opened.height);
  const scale = Math.min(sight.side / longer, 1);
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.max(1, Math.round(opened.width * scale)), height: Math.max(1, Math.round(opened.height * scale)) });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(opened, 0, 0, canvas.width, canvas.height);
  opened.close();
  return [context.getImageData(0, 0, canvas.width, canvas.height), longer];
}

export async function look(file) {
  const [pixels, longer] = await pixelsOf(file);
  const found = measure(pixels, longer, sight);
  return { found, ...judge(found, sight) };
}

async function digestOf(file) {
  if (!globalThis.crypto?.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return btoa(String.fromCharCode(...hash));
}

function tell(text) {
  status.textContent = text;
}

function list(codes, kind) {
  hints.replaceChildren(...codes.map((code) => Object.assign(document.createElement('li'), { textContent: say(`${kind}.${code}`) })));
  hints.hidden = codes.length === 0;
}

function preview(file, isPicture) {
  URL.revokeObjectURL(picture.src);
  picture.hidden = !isPicture;
  if (isPicture) picture.src = URL.createObjectURL(file);
}

/** Waits for one of the two answers: again, or all the same. */
function decision(mayGoOn) {
  choices.hidden = false;
  at('anyway').hidden = !mayGoOn;
  at('again').focus();
  return new Promise((answer) => {
    at('again').onclick = () => answer(false);
    at('anyway').onclick = () => answer(true);
  });
}

const recall = () => JSON.parse(sessionStorage.getItem(remembered) ?? 'null');

/** The upload to go on with: the one that was cut off, if it is the same file; else a new one. */
async function begin(file, digest, paper) {
  const former = recall();
  if (former && former.size === file.size && former.digest === digest && former.paper === paper) {
    const found = await ask('HEAD', former.url);
    if (found.ok && found.headers.get('Upload-Complete') === '?0') return [former.url, Number(found.headers.get('Upload-Offset'))];
  }
  const headers = { 'Upload-Length': String(file.size), 'Upload-Complete': '?0' };
  if (digest) headers['Repr-Digest'] = `sha-256=:${digest}:`;
  const answer = await ask('POST', `/v1${path}/uploads?document=${encodeURIComponent(paper)}`, headers);
  if (!answer.ok) throw answer;
  const url = answer.headers.get('Location');
  sessionStorage.setItem(remembered, JSON.stringify({ url, size: file.size, digest, paper }));
  return [url, 0];
}

/** Sends one piece: the offset after it, or the verdict once the last one is there. */
async function piece(url, file, offset) {
  const body = file.slice(offset, offset + PIECE);
  const answer = await ask('PATCH', url, { 'Content-Type': 'application/partial-upload', 'Upload-Offset': String(offset) }, body);
  if (answer.status === 409 && answer.headers.has('Upload-Offset')) return Number(answer.headers.get('Upload-Offset'));
  if (answer.status === 200) return answer.json();
  if (!answer.ok) throw answer;
  return Number(answer.headers.get('Upload-Offset'));
}

async function send(file, paper, mine) {
  const digest = await digestOf(file);
  let [url, offset] = [null, 0];
  for (let failed = 0; mine === run;) {
    try {
      if (url === null) [url, offset] = await begin(file, digest, paper);
      bar.value = offset / file.size;
      tell(offset < file.size ? say('percent', Math.floor((100 * offset) / file.size)) : say('judging'));
      const next = await piece(url, file, offset);
      if (typeof next === 'object') return next;
      offset = next;
      failed = 0;
    } catch (trouble) {
      if (trouble instanceof Response && ![404, 429, 503].includes(trouble.status)) throw trouble;
      if (trouble instanceof Response && trouble.status === 404) sessionStorage.removeItem(remembered);
      if (failed >= 40) throw trouble;
      tell(say('waiting', Math.floor((100 * offset) / file.size)));
      await pause(PATIENCE[Math.min(failed, PATIENCE.length - 1)]);
      failed += 1;
      url = null; // asks for the offset first
    }
  }
  return null;
}

async function handIn(file) {
  run += 1;
  const mine = run;
  const paper = new FormData(form).get('document');
  if (!paper) {
    form.requestSubmit(); // the page says what is missing
    return;
  }
  [sending.hidden, choices.hidden, bar.hidden, bar.value] = [false, true, true, 0];
  list([], 'advice');
  const kind = await kindOf(file);
  preview(file, kind === 'picture');
  sending.scrollIntoView({ block: 'nearest' });
  const refused = file.size > Number(most) ? 'FILE_TOO_LARGE' : kind.startsWith('FILE_') ? kind : null;
  if (refused) {
    tell('');
    list([refused], 'refused');
    return void decision(false).then(again);
  }
  let told = [];
  if (kind === 'picture') {
    tell(say('looking'));
    const { advice, useless } = await look(file).catch(() => ({ advice: [], useless: [] }));
    told = advice;
    if (advice.length || useless.length) {
      tell(say(useless.length ? 'useless' : 'better'));
      list(useless.length ? useless : advice, useless.length ? 'refused' : 'advice');
      if (!(await decision(useless.length === 0))) return again();
    }
  }
  [choices.hidden, bar.hidden] = [true, false];
  try {
    const judged = await send(file, paper, mine);
    if (judged === null) return;
    sessionStorage.removeItem(remembered);
    if (judged.state === 'doubtful' && judged.advice.every((code) => told.includes(code))) await ask('POST', `/v1/uploads/${judged.ref}/accept`);
    location.replace(path);
  } catch (trouble) {
    bar.hidden = true;
    if (trouble instanceof Response && trouble.status === 401) return void location.reload();
    tell(say(trouble instanceof Response && trouble.status === 409 ? 'conflict' : 'failed'));
    decision(false).then(again);
  }
}

function again() {
  [sending.hidden, choices.hidden] = [true, true];
  tell('');
  at('take').focus();
}

function use(input) {
  const [file] = input.files;
  if (file) handIn(file);
  input.value = ''; // so that the same file can be chosen once more
}

at('plain').hidden = true;
at('with-script').hidden = false;
at('take').addEventListener('click', () => at('camera').click());
at('choose').addEventListener('click', () => at('file').click());
for (const id of ['camera', 'file']) at(id).addEventListener('change', ({ currentTarget }) => use(currentTarget));
const cutOff = at('interrupted');
if (cutOff) cutOff.hidden = recall()?.url !== cutOff.dataset.url;
form.dataset.ready = '';
