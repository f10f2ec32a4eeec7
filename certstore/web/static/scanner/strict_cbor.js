// Deterministic CBOR (RFC 8949 §4.2.1), read in exactly one spelling. Integers beyond 2^53 are
// BigInt, byte strings Uint8Array, maps Map. Refused: tags, floats, indefinite lengths, longer
// spellings than needed, keys unsorted or twice, nesting deeper than six, trailing bytes.
import { compare, concat, fromUtf8, utf8 } from './bytes.js';
import { refuse } from './refusal.js';

const MAX_DEPTH = 6;
const SMALLEST = { 1: 24n, 2: 1n << 8n, 4: 1n << 16n, 8: 1n << 32n };
const SIMPLE = new Map([[0xf4, false], [0xf5, true], [0xf6, null]]);
const fault = (detail) => refuse(detail, 'cbor');

/** Reads one value that takes up all bytes. */
export function decode(data) {
  const [value, end] = item(data, 0, 0);
  if (end !== data.length) fault('bytes follow the CBOR value');
  return value;
}

/** Writes a byte string as CBOR. */
export const encodeBytes = (bytes) => concat(head(2, bytes.length), bytes);

/** Writes a text as CBOR. */
export function encodeText(text) {
  const bytes = utf8(text);
  return concat(head(3, bytes.length), bytes);
}

/** The head of an item: its major type and a number in the shortest form. */
export function head(major, argument) {
  const first = major << 5;
  if (argument < 24) return Uint8Array.of(first | argument);
  if (argument < 0x100) return Uint8Array.of(first | 24, argument);
  if (argument < 0x10000) return Uint8Array.of(first | 25, argument >> 8, argument & 0xff);
  return Uint8Array.of(first | 26, argument >>> 24, (argument >> 16) & 0xff, (argument >> 8) & 0xff, argument & 0xff); // status lists
}

const plain = (number) => (number >= BigInt(Number.MIN_SAFE_INTEGER) && number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number);

function item(data, start, depth) {
  if (start >= data.length) fault('the CBOR value is cut short');
  const first = data[start];
  let at = start + 1;
  let argument = first & 31;
  if (argument >= 24) [argument, at] = longArgument(data, at, argument);
  if (first < 0x20) return [argument, at];
  if (first < 0x40) return [plain(-1n - BigInt(argument)), at];
  if (first < 0x80) return string(data, at, at + Number(argument), first >= 0x60);
  if (first < 0xa0) return array(data, at, Number(argument), depth + 1);
  if (first < 0xc0) return map(data, at, Number(argument), depth + 1);
  if (SIMPLE.has(first)) return [SIMPLE.get(first), at];
  return fault('tags, floats and other simple values have no place in a code');
}

function longArgument(data, at, announced) {
  if (announced > 27) fault('indefinite lengths have no place in a code');
  const size = 1 << (announced - 24);
  const end = at + size;
  if (end > data.length) fault('the CBOR value is cut short');
  let argument = 0n;
  for (let i = at; i < end; i += 1) argument = (argument << 8n) | BigInt(data[i]);
  if (argument < SMALLEST[size]) fault('a CBOR number is spelled longer than needed');
  return [plain(argument), end];
}

function string(data, at, end, isText) {
  if (end > data.length) fault('a CBOR string is longer than what remains');
  const bytes = data.subarray(at, end);
  if (!isText) return [bytes, end];
  try {
    return [fromUtf8(bytes), end];
  } catch {
    return fault('a CBOR text is not UTF-8');
  }
}

function array(data, start, length, depth) {
  checkRoom(length, data.length - start, depth);
  const items = [];
  let at = start;
  for (let i = 0; i < length; i += 1) {
    let value;
    [value, at] = item(data, at, depth);
    items.push(value);
  }
  return [items, at];
}

function map(data, start, length, depth) {
  checkRoom(2 * length, data.length - start, depth);
  const members = new Map();
  let previous = new Uint8Array();
  let at = start;
  for (let i = 0; i < length; i += 1) {
    const before = at;
    let key;
    let value;
    [key, at] = item(data, at, depth);
    if (!['number', 'bigint', 'string'].includes(typeof key)) fault('a key of a CBOR map is neither a whole number nor a text');
    const spelled = data.subarray(before, at);
    if (compare(spelled, previous) <= 0) fault('the keys of a CBOR map are unsorted or repeated');
    previous = spelled;
    [value, at] = item(data, at, depth);
    members.set(key, value);
  }
  return [members, at];
}

function checkRoom(items, remaining, depth) {
  if (depth > MAX_DEPTH) fault(`CBOR is nested deeper than ${MAX_DEPTH}`);
  if (items > remaining) fault('a CBOR array or map announces more items than bytes remain');
}
