// Reads a code from a picture with zxing, served by us: its own default address is another site's.
import { prepareZXingModule, readBarcodes } from './vendor/zxing-wasm/es/reader/index.js';

const OPTIONS = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 4 };

/** Fetches and compiles the reader once; `url` is where our copy of its WebAssembly stands. */
export function prepare(url) {
  return prepareZXingModule({ overrides: { locateFile: () => url }, fireImmediately: true });
}

/** The text of the code in a picture (Blob or ImageData), or null; of several, the one that is ours. */
export async function read(picture) {
  const texts = (await readBarcodes(picture, OPTIONS)).filter((f) => f.isValid).map((f) => f.text);
  return texts.find((text) => /^RP[DH]?1:/.test(text)) ?? texts[0] ?? null;
}
