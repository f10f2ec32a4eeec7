// Says which of my devices is the one in hand: it alone knows, by what it keeps to present off line.
import { kept } from './kept_codes.js';

const { device } = globalThis.indexedDB ? await kept().catch(() => ({})) : {};
const here = device && document.querySelector(`[data-device="${CSS.escape(device.ref)}"] .here`);
if (here) here.hidden = false;
