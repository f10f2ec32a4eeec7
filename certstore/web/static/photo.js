// The camera of the photo page: a frame, one live hint at a time, a snapshot into the form. What
// counts is judged by the server; here is only what plain pixels tell: light, blur, background,
// stillness, and the face's place where the browser itself can find faces.

const EVERY = 350; // ms between two looks
const STEADY = 1200; // ms a hint stays at least, so that it can be read and heard
const SMALL = [90, 111]; // what is looked at, of the frame's shape
const SHAPE = 358 / 441;
const ROOM = 1.35; // around the frame, where the server lays it by the face
const LARGEST = 1600; // pixels of the snapshot's height

const at = (id) => document.getElementById(id);
const [form, file, video, frame, hint, trouble] = ['photo', 'file', 'video', 'frame', 'hint', 'trouble'].map(at);
const words = Object.fromEntries([...at('words').content.children].map((e) => [e.dataset.say, e.textContent]));
const room = at('photo-page').dataset.level === 'face' ? ROOM : 1;
const small = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
[small.canvas.width, small.canvas.height] = SMALL;
let stream = null;
let facing = 'user';
let before = null;
let said = 0;
let finder = null;

/** The part of the video that the frame shows, `wider` times as large where there is so much. */
function part(wider) {
  const [width, height] = [video.videoWidth, video.videoHeight];
  const tall = Math.min(height, width / SHAPE);
  const [w, h] = [Math.min(tall * SHAPE * wider, width), Math.min(tall * wider, height)];
  return [(width - w) / 2, (height - h) / 2, w, h];
}

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / Math.max(list.length, 1);

/** Luma of a box given as shares of the frame. */
function box(luma, left, top, right, bottom) {
  const [width, height] = SMALL;
  const found = [];
  for (let y = Math.round(height * top); y < height * bottom; y += 1) {
    for (let x = Math.round(width * left); x < width * right; x += 1) found.push(luma[y * width + x]);
  }
  return found;
}

/** How much detail there is: the variance of the Laplacian in the face, over its contrast. */
function sharpness(luma) {
  const [width] = SMALL;
  const edges = [];
  for (let y = 36; y < 82; y += 1) {
    for (let x = 24; x < 66; x += 1) {
      const i = y * width + x;
      edges.push(4 * luma[i] - luma[i - 1] - luma[i + 1] - luma[i - width] - luma[i + width]);
    }
  }
  const face = box(luma, 0.27, 0.33, 0.73, 0.74);
  const middle = mean(face);
  return mean(edges.map((e) => e * e)) / Math.max(mean(face.map((v) => (v - middle) ** 2)), 25);
}

/** The first thing that could be better, as a code; null if nothing was seen. */
function advice(luma) {
  const face = mean(box(luma, 0.32, 0.36, 0.68, 0.66));
  if (face < 70) return 'dark';
  if (face > 225) return 'bright';
  const [left, right] = [mean(box(luma, 0.31, 0.5, 0.42, 0.62)), mean(box(luma, 0.58, 0.5, 0.69, 0.62))];
  if (Math.abs(left - right) / Math.max((left + right) / 2, 1) > 0.25) return 'side';
  const ground = [...box(luma, 0, 0, 1, 0.03), ...box(luma, 0, 0, 0.07, 0.45), ...box(luma, 0.93, 0, 1, 0.45)];
  const light = mean(ground);
  if (Math.sqrt(mean(ground.map((v) => (v - light) ** 2))) > 24) return 'ground';
  if (light < 140) return 'ground_dark';
  const moved = before ? mean(luma.map((v, i) => Math.abs(v - before[i]))) : 0;
  if (moved > 12) return 'moving';
  return sharpness(luma) < 0.012 ? 'soft' : null;
}

/** Where the face is, if this browser can tell: most cannot, and then nothing is said. */
async function place() {
  const faces = await finder.detect(small.canvas);
  if (!faces.length) return 'nobody';
  if (faces.length > 1) return 'several';
  const { x, y, width, height } = faces[0].boundingBox;
  if (width < 0.4 * SMALL[0]) return 'nearer';
  if (width > 0.75 * SMALL[0]) return 'farther';
  const off = Math.hypot((x + width / 2) / SMALL[0] - 0.5, (y + height / 2) / SMALL[1] - 0.48);
  return off > 0.12 ? 'nobody' : null;
}

async function look(mine) {
  if (!stream || mine !== stream) return;
  if (video.videoWidth) {
    small.drawImage(video, ...part(1), 0, 0, ...SMALL);
    const { data } = small.getImageData(0, 0, ...SMALL);
    const luma = Array.from({ length: data.length / 4 }, (_, i) => 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
    let found = advice(luma);
    before = luma;
    if (finder && (found === null || found.startsWith('ground'))) {
      found = (await place().catch(() => { finder = null; return null; })) ?? found;
    }
    tell(found ?? 'ready');
  }
  setTimeout(look, EVERY, mine);
}

function tell(code) {
  if (hint.dataset.code === code || Date.now() - said < STEADY) return;
  said = Date.now();
  hint.dataset.code = code;
  hint.textContent = words[code];
  frame.classList.toggle('good', code === 'ready');
}

async function startCamera() {
  trouble.hidden = true;
  try {
    const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 1920 }, height: { ideal: 1440 } } });
    stream = opened;
    video.srcObject = opened;
    await video.play();
    shown(true);
    finder ??= 'FaceDetector' in window ? new FaceDetector({ maxDetectedFaces: 2, fastMode: true }) : null;
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === 'videoinput');
    at('turn').hidden = cameras.length < 2;
    before = null;
    look(opened);
  } catch {
    stopCamera();
    trouble.textContent = words.no_camera;
    trouble.hidden = false;
  }
}

function shown(on) {
  frame.hidden = !on;
  frame.classList.toggle('mirror', facing === 'user'); // as a mirror shows it; the snapshot is not turned
  at('camera-controls').hidden = !on;
  at('start').hidden = on;
  if (!on) {
    hint.textContent = '';
    hint.dataset.code = '';
  }
}

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  shown(false);
}

async function take() {
  const from = part(room);
  const scale = Math.min(1, LARGEST / from[3]);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.round(from[2] * scale), Math.round(from[3] * scale)];
  canvas.getContext('2d').drawImage(video, ...from, 0, 0, canvas.width, canvas.height);
  const picture = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.93); });
  const given = new DataTransfer();
  given.items.add(new File([picture], 'photo.jpg', { type: 'image/jpeg' }));
  file.files = given.files;
  at('document').value = 'photo_capture';
  stopCamera();
  send();
}

function send() {
  hint.textContent = words.sending;
  at('start').hidden = true;
  form.submit();
}

at('start').addEventListener('click', startCamera);
at('stop').addEventListener('click', stopCamera);
at('shutter').addEventListener('click', take);
at('turn').addEventListener('click', () => {
  stopCamera();
  facing = facing === 'user' ? 'environment' : 'user';
  startCamera();
});
file.addEventListener('change', () => { at('document').value = 'photo_upload'; });
document.addEventListener('visibilitychange', () => document.hidden && stopCamera());
at('camera').hidden = !navigator.mediaDevices?.getUserMedia;
