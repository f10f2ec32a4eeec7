// The kinds of value under a payload's integer keys, read one by one.
import { characters } from './bytes.js';
import { refuse } from './refusal.js';

const MIN_DAYS = -43829; // 1850-01-01
const MAX_DAYS = 2932896; // 9999-12-31
const MAX_SECONDS = 253402300799; // the last second of the year 9999

export const malformed = (detail) => refuse(detail, 'payload');
const within = (value, least, most) => typeof value === 'number' && value >= least && value <= most;

/** A day: its number since 1970-01-01. */
export class Day {
  constructor(number) {
    this.number = number;
  }

  toString() {
    return new Date(this.number * 86400000).toISOString().slice(0, 10);
  }
}

export function toDay(value) {
  if (!within(value, MIN_DAYS, MAX_DAYS)) malformed('a date of a code is a number of days since 1970');
  return new Day(value);
}

export function toSeconds(value) {
  if (!within(value, 0, MAX_SECONDS)) malformed('a moment of a code is a number of seconds since 1970');
  return value;
}

export const toText = (longest) => (value) => {
  const length = typeof value === 'string' ? characters(value) : 0;
  if (length < 1 || length > longest) malformed(`a text of a code has 1 to ${longest} characters`);
  return value;
};

export const toBytes = (shortest, longest) => (value) => {
  if (!(value instanceof Uint8Array) || value.length < shortest || value.length > longest) malformed(`a byte string of a code has ${shortest} to ${longest} bytes`);
  return value;
};

export const toNumber = (largest, least = 0) => (value) => {
  if (!within(value, least, largest)) malformed(`a number of a code lies between ${least} and ${largest}`);
  return value;
};

/** A map with keys out of `keys`, all `required` among them. */
export function toMap(value, keys, required) {
  const fits = value instanceof Map && required.every((key) => value.has(key)) && [...value.keys()].every((key) => keys.includes(key));
  if (!fits) malformed('a map of a code lacks a key or holds one that is not allowed');
  return value;
}
