// Looks through the camera for a code. The browser's own reader is used only if it reads our kind
// of symbol rightly when tried; else zxing, which is fetched on first need.
import { symbolOf } from '../qr_writer.js';

const EVERY = 150; // ms between two looks
const PROBE = 'RPN1:0123456789 $%*+-./:ABCDEFGH';
let reader = null;

async function own() {
  if (typeof BarcodeDetector === 'undefined' || !(await BarcodeDetector.getSupportedFormats()).includes('qr_code')) return null;
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const read = async (picture) => {
    const texts = (await detector.detect(picture)).map((found) => found.rawValue);
    return texts.find((text) => /^RP[DH]?1:/.test(text)) ?? texts[0] ?? null;
  };
  return (await read(probe())) === PROBE ? { read } : null;
}

function probe() {
  const scale = 8;
  const { modules, size } = symbolOf(PROBE);
  const canvas = Object.assign(document.createElement('canvas'), { width: (size + 8) * scale, height: (size + 8) * scale });
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#000';
  modules.forEach((black, i) => black && context.fillRect(((i % size) + 4) * scale, (Math.floor(i / size) + 4) * scale, scale, scale));
  return canvas;
}

/** The reader of pictures, fetched on first need; `wasm` is where our copy of zxing stands. */
export function loadReader(wasm) {
  reader ??= import('../code_reader.js').then(async (module) => {
    await module.prepare(wasm);
    return module;
  }).catch((error) => {
    reader = null; // tried anew the next time
    throw error;
  });
  return reader;
}

/** A camera that calls `found(text)` once; `changed(on)` as it opens and closes. */
export class Camera {
  #stream = null;

  #facing = 'environment';

  constructor(video, wasm, { found, changed }) {
    Object.assign(this, { video, wasm, found, changed });
  }

  /** Opens it; throws if the browser or the person does not allow it. */
  async start() {
    const wanted = { video: { facingMode: this.#facing, width: { ideal: 1280 } } };
    const [module, stream] = await Promise.all([own().catch(() => null).then((quick) => quick ?? loadReader(this.wasm)), navigator.mediaDevices.getUserMedia(wanted)]);
    this.#stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    this.changed(true);
    this.#look(module, stream, document.createElement('canvas').getContext('2d', { willReadFrequently: true }));
    return stream;
  }

  async #look(module, stream, context) {
    if (stream !== this.#stream) return;
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width) {
      Object.assign(context.canvas, { width, height });
      context.drawImage(this.video, 0, 0);
      const code = await module.read(context.getImageData(0, 0, width, height)).catch(() => null);
      if (code && stream === this.#stream) return void this.found(code);
    }
    setTimeout(() => this.#look(module, stream, context), EVERY);
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.video.srcObject = null;
    this.changed(false);
  }

  turn() {
    this.#facing = this.#facing === 'environment' ? 'user' : 'environment';
    this.stop();
  }

  torch(on) {
    return this.#stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  }
}
