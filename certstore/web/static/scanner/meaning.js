// Whether what a code says makes sense: texts that show as they are, dates in order, a small photo.
import { MAX_PHOTO_BYTES } from './claims.js';
import { Day } from './payload.js';
import { UNSHOWN } from './unshown.js';

// By the table that the service has too: this browser's own may be older or newer than that.
const UNSHOWABLE = new RegExp(`[${rangesOf(UNSHOWN)}]`, 'u');
// What str.strip() of the service takes away; not what trim() does, which differs in five.
const BLANK = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const BLANK_EDGE = new RegExp(`^${BLANK}|${BLANK}$`, 'u');
const SEXES = [0, 1, 2, 9]; // GB/T 2261.1
const [MAX_WIDTH, MAX_HEIGHT, HEADER] = [96, 120, 30];

/** Ranges for a regular expression, of gaps and lengths in turn (base 36). */
function rangesOf(packed) {
  let point = 0;
  const ends = packed.split(' ').map((word) => `\\u{${(point += parseInt(word, 36)).toString(16)}}`);
  return ends.map((end, i) => (i % 2 ? `-${end}` : end)).join('');
}

/** Every reason (codes) why the data has no good meaning; empty if it has. */
export function faults(data) {
  const found = new Set();
  for (const [name, text] of Object.entries(data)) {
    if (typeof text !== 'string' || name === 'disclosure') continue;
    if (UNSHOWABLE.test(text)) found.add('TEXT_UNSHOWABLE'); // how it composes, tables of different ages disagree
    else if (text.normalize('NFC') !== text) found.add('TEXT_NOT_NFC');
    if (BLANK_EDGE.test(text)) found.add('TEXT_BLANK_EDGE');
  }
  if (data.sex !== undefined && !SEXES.includes(data.sex)) found.add('SEX_UNKNOWN');
  const days = [data.birth_date, data.issued_on, data.valid_to].filter((day) => day instanceof Day).map((day) => day.number);
  if (days.some((day, i) => i && day < days[i - 1])) found.add('DATES_OUT_OF_ORDER');
  return [...found];
}

/** Why a photo must not be decoded (a code), judged by its first bytes; null if it may be. */
export function photoFault(photo) {
  if (photo.length > MAX_PHOTO_BYTES) return 'PHOTO_TOO_LARGE';
  if (photo.length < HEADER) return 'PHOTO_NOT_WEBP';
  const view = new DataView(photo.buffer, photo.byteOffset, photo.byteLength);
  const chunk = view.getUint32(16, true);
  const whole = view.getUint32(4, true) + 8 === photo.length && photo.length === chunk + (chunk & 1) + 20;
  if (word(photo, 0) !== 'RIFF' || word(photo, 8) !== 'WEBP' || !whole) return 'PHOTO_NOT_WEBP';
  const size = dimensions(photo, view);
  if (size === null) return 'PHOTO_NOT_WEBP';
  const [width, height] = size;
  const fits = width > 0 && width <= MAX_WIDTH && height > 0 && height <= MAX_HEIGHT;
  return fits ? null : 'PHOTO_TOO_LARGE';
}

const word = (bytes, at) => String.fromCharCode(...bytes.subarray(at, at + 4));

function dimensions(photo, view) {
  const kind = word(photo, 12);
  const keyFrame = photo[23] === 0x9d && photo[24] === 0x01 && photo[25] === 0x2a && !(photo[20] & 1);
  if (kind === 'VP8 ' && keyFrame) return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (kind === 'VP8L' && photo[20] === 0x2f) {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  }
  return null;
}
