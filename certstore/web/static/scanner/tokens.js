// The strict reader of compact JWS tokens (RFC 7515) signed with ES256.
import { base64url, utf8 } from './bytes.js';
import { isSignedBy } from './public_keys.js';
import { refuse } from './refusal.js';
import { parseJson } from './strict_json.js';

export const LEEWAY = 30; // seconds of difference between two clocks
const DEPTH = 10;
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value) && Object.getPrototypeOf(value) === null;

/** Whether an object holds exactly these members. */
export const holdsExactly = (value, names) => isObject(value) && Object.keys(value).length === names.length && names.every((name) => name in value);
/** Whether a value is a whole number not below zero. */
export const isMoment = (value) => typeof value === 'number' && value >= 0 && value <= 253402300799;

/** Reads a token's form: {header, verified(key)}; the claims are read only once it is verified. */
export function parseToken(text, typ, maxBytes, optional = []) {
  if (text.length > maxBytes) refuse(`a token has more than ${maxBytes} characters`, 'too-large');
  const parts = text.split('.');
  if (parts.length !== 3 || !parts[1]) refuse('a compact token has three parts', 'parts');
  const header = readHeader(parts[0], typ, optional);
  const payload = base64url(parts[1]);
  const signature = base64url(parts[2]);
  const message = utf8(`${parts[0]}.${parts[1]}`);
  return {
    header,
    async verified(key) {
      if (header.alg !== 'ES256' || !(await isSignedBy(key, message, signature))) refuse("a token's signature is not its key's", 'signature');
      return object(payload);
    },
  };
}

function object(bytes) {
  const value = parseJson(bytes, DEPTH);
  return isObject(value) ? value : refuse("a token's part is not a JSON object", 'json');
}

function readHeader(part, typ, optional) {
  const header = object(base64url(part));
  const names = Object.keys(header);
  const needed = ['alg', 'kid', 'typ'];
  const fits = needed.every((name) => typeof header[name] === 'string') && names.every((name) => needed.includes(name) || optional.includes(name));
  if (!fits) refuse("a token's header lacks a field or holds one that is not allowed", 'header');
  if (header.typ !== typ) refuse(`a token of another kind than ${typ} was handed in`, 'typ');
  return header;
}
