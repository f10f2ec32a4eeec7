// Base45 (RFC 9285), read strictly: nothing is stripped, for space is one of its symbols.
import { refuse } from './refusal.js';

const SYMBOLS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Uint8Array(128).fill(255);
[...SYMBOLS].forEach((symbol, value) => { VALUES[symbol.charCodeAt(0)] = value; });

/** Reads a spelling; refuses other symbols, a stray one, and groups too large. */
export function decode(text) {
  const values = Uint8Array.from(text, (symbol) => VALUES[symbol.codePointAt(0)] ?? 255);
  const rest = values.length % 3;
  if (rest === 1 || values.includes(255)) refuse("a code's text is not Base45", 'base45');
  const groups = Math.floor(values.length / 3);
  const bytes = new Uint8Array(groups * 2 + (rest ? 1 : 0));
  for (let i = 0; i < groups; i += 1) {
    const sum = values[3 * i] + 45 * values[3 * i + 1] + 2025 * values[3 * i + 2];
    if (sum > 0xffff) refuse('a group of a Base45 text is too large', 'base45');
    bytes[2 * i] = sum >> 8;
    bytes[2 * i + 1] = sum & 0xff;
  }
  if (rest) {
    const last = values[3 * groups] + 45 * values[3 * groups + 1];
    if (last > 0xff) refuse('the last group of a Base45 text is too large', 'base45');
    bytes[2 * groups] = last;
  }
  return bytes;
}

/** Spells bytes: three symbols for two. */
export function encode(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let value = pair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let k = pair ? 3 : 2; k; k -= 1) {
      text += SYMBOLS[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}
