// Reads a code from a picture with zxing, served by us: its own default address is another site's.
import { prepareZXingModule, readBarcodes } from './vendor/zxing-wasm/es/reader/index.js';

const OPTIONS = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 4 };

/** Fetches and compiles the reader once; `url` is where our copy of its WebAssembly stands. */
export function prepare(url) {
  return prepareZXingModule({ overrides: { locateFile: () => url }, fireImmediately: true });
}

const LARGEST = 2400; // pixels a side that are enlarged: four times as many are looked through

/** The text of the code in a picture (Blob or ImageData), or null; of several, the one that is ours. */
export async function read(picture) {
  const texts = (await readBarcodes(picture, OPTIONS)).filter((f) => f.isValid).map((f) => f.text);
  return texts.find((text) => /^RP[DH]?1:/.test(text)) ?? texts[0] ?? null;
}

/**
 * The same of a photograph (Blob) that somebody chose: where nothing is found it is looked at again
 * twice as large, for modules of two or three pixels run together.
 */
export async function readPhotograph(file) {
  return (await read(file)) ?? read(await enlarged(file));
}

async function enlarged(file) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  await picture.decode();
  URL.revokeObjectURL(picture.src);
  const scale = Math.min(2, (2 * LARGEST) / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
