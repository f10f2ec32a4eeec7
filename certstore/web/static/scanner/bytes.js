// Bytes and texts: strict UTF-8, hex, base64url in its one canonical spelling (RFC 7515 §2).
import { refuse } from './refusal.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Uint8Array(128).fill(255);
[...ALPHABET].forEach((symbol, value) => { VALUES[symbol.charCodeAt(0)] = value; });

export const utf8 = (text) => encoder.encode(text);
/** The text of UTF-8 bytes, a byte order mark kept; throws TypeError for anything else. */
export const fromUtf8 = (bytes) => decoder.decode(bytes);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
/** How many characters (code points) a text has: what every limit of the formats counts. */
export const characters = (text) => { let count = 0; for (const _ of text) count += 1; return count; };

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => { whole.set(part, at); return at + part.length; }, 0);
  return whole;
}

/** Below, at or above 0 as `a` comes before, with or after `b`, byte by byte. */
export function compare(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

export const equal = (a, b) => a.length === b.length && compare(a, b) === 0;

/** Reads unpadded base64url; refuses padding, other symbols and stray trailing bits. */
export function base64url(text) {
  if (text.length % 4 === 1) refuse('a part is not unpadded base64url', 'base64url');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = VALUES[text.charCodeAt(i)] ?? 255;
    if (value === 255) refuse('a part is not unpadded base64url', 'base64url');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  if (held & ((1 << bits) - 1)) refuse('base64url ends in stray bits', 'base64url');
  return bytes;
}

/** Spells bytes as base64url without padding. */
export function toBase64url(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const symbols = Math.min(bytes.length - i, 3) + 1;
    for (let k = 0; k < symbols; k += 1) text += ALPHABET[(group >> (18 - 6 * k)) & 63];
  }
  return text;
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
