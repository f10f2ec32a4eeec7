// JSON read without mercy (RFC 7493): members named twice, whole numbers beyond 2^53, lone
// surrogates, byte order marks and deep nesting are refused; JSON.parse lets all but one pass.
import { fromUtf8 } from './bytes.js';
import { refuse } from './refusal.js';

const TOKEN = /[\t\n\r ]*([[\]{}:,]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)/gy;
const BLANK = /[\t\n\r ]*$/y;
const LONGEST_NUMBER = 32;
const wrong = () => refuse('a text is not JSON', 'json');

/** Reads one JSON text; objects become objects without a prototype. */
export function parseJson(bytes, maxDepth) {
  let text;
  try {
    text = fromUtf8(bytes);
  } catch {
    refuse('a JSON text is not UTF-8', 'encoding');
  }
  if (text.startsWith('\ufeff')) refuse('a JSON text begins with a byte order mark', 'encoding');
  const source = { text, at: 0, maxDepth };
  const value = read(source, next(source), 0);
  BLANK.lastIndex = source.at;
  if (!BLANK.test(text)) wrong();
  return value;
}

function next(source) {
  TOKEN.lastIndex = source.at;
  const [whole, token] = TOKEN.exec(source.text) ?? wrong();
  source.at += whole.length;
  return token;
}

function read(source, token, depth) {
  if (token === '{' || token === '[') {
    if (depth >= source.maxDepth) refuse(`a JSON text is nested deeper than ${source.maxDepth}`, 'depth');
    return token === '{' ? object(source, depth + 1) : array(source, depth + 1);
  }
  if (token.startsWith('"')) return string(token);
  if (/[-0-9]/.test(token[0])) return number(token);
  return /^[tfn]/.test(token) ? JSON.parse(token) : wrong();
}

function string(token) {
  const text = JSON.parse(token);
  if (/\p{Cs}/u.test(text)) refuse('a JSON string holds half of a character', 'encoding');
  return text;
}

function number(digits) {
  const value = Number(digits);
  const whole = /^-?[0-9]+$/.test(digits);
  if (digits.length > LONGEST_NUMBER || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) refuse('a JSON number is too large', 'number');
  return whole ? value + 0 : new Fraction(value);
}

/** A number written with a point or an exponent: never a whole number here, whatever its value. */
class Fraction {
  constructor(value) {
    this.value = value;
  }
}

function object(source, depth) {
  const members = Object.create(null);
  let token = next(source);
  while (token !== '}') {
    if (!token.startsWith('"')) wrong();
    const name = string(token);
    if (name in members) refuse('a JSON object names a member twice', 'duplicate');
    if (next(source) !== ':') wrong();
    members[name] = read(source, next(source), depth);
    token = next(source);
    if (token === '}') break;
    if (token !== ',') wrong();
    token = next(source);
    if (token === '}') wrong();
  }
  return members;
}

function array(source, depth) {
  const items = [];
  let token = next(source);
  while (token !== ']') {
    items.push(read(source, token, depth));
    token = next(source);
    if (token === ']') break;
    if (token !== ',') wrong();
    token = next(source);
    if (token === ']') wrong();
  }
  return items;
}
