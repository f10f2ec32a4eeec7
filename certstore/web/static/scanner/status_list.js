// The status lists of the city (IETF Token Status List, two bits a certificate), as JWT and CWT.
import { base64url } from './bytes.js';
import { parse } from './cose_sign1.js';
import { importP256, isSignedBy } from './public_keys.js';
import { refuse } from './refusal.js';
import { decode } from './strict_cbor.js';
import { LEEWAY, holdsExactly, parseToken } from './tokens.js';
import { findKey, inItsTime } from './trust_list.js';

const MAX_TOKEN_BYTES = 4 * 1024 * 1024;
const MAX_UNPACKED = 8 * 1024 * 1024;
const MAX_LIFETIME_S = 31 * 86400;
const CWT_TYP = 'application/statuslist+cwt';
const NAMES = new Map([[2, 'sub'], [6, 'iat'], [4, 'exp'], [65534, 'ttl'], [65533, 'status_list']]);
const MEANS = [['valid'], ['revoked', 'STATUS_INVALID'], ['suspended', 'STATUS_SUSPENDED'], ['valid', 'UNDER_DISPUTE']];
const fault = (detail) => refuse(detail, 'status-list');

/** A moment (Unix seconds) as the service spells it. */
export const iso = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00');

/** Verifies and reads a list's bytes, JWT or CWT by its first byte. */
export async function readStatusList(token, trust) {
  if (token.length > MAX_TOKEN_BYTES) fault(`a status list token has at most ${MAX_TOKEN_BYTES} bytes`);
  const [key, claims] = await (token[0] === 0xd2 ? openCwt : openJwt)(token, trust);
  const { sub, iat, exp, ttl, status_list: content } = claims;
  if (!holdsExactly(claims, [...NAMES.values()]) || typeof sub !== 'string') fault('a status list holds exactly sub, exp, iat, ttl and the list');
  if (![iat, exp, ttl].every(Number.isSafeInteger) || ttl <= 0) fault('iat, exp and ttl of a status list are whole seconds');
  if (iat < 0 || iat >= exp || exp > iat + MAX_LIFETIME_S || ttl > MAX_LIFETIME_S) fault('a status list lives 31 days at most');
  if (!inItsTime(key, iat)) refuse("the list was signed outside its key's time", 'key');
  const { bits, lst } = holdsExactly(content, ['bits', 'lst']) ? content : {};
  if (bits !== 2 || !(lst instanceof Uint8Array)) fault('a status list has two bits an entry and one zlib stream');
  return { number: numberOf(sub), uscc: key.authority_uscc, issuedAt: iat, until: Math.min(iat + ttl, exp), packed: await inflate(lst) };
}

function keyOf(trust, kid) {
  return findKey(trust, kid, 'status') ?? refuse('no trusted status key signed the list', 'key');
}

const verifierOf = (key) => (key.alg === 'ES256' ? (key.verifier ??= importP256(key.x, key.y)) : refuse('a list is signed with ES256', 'signature'));

async function openJwt(token, trust) {
  const text = new TextDecoder('latin1').decode(token).trim(); // files end in a newline
  const parsed = parseToken(text, 'statuslist+jwt', MAX_TOKEN_BYTES);
  const key = keyOf(trust, parsed.header.kid);
  const claims = await parsed.verified(await verifierOf(key));
  const content = claims.status_list;
  if (typeof content?.lst === 'string') content.lst = base64url(content.lst);
  return [key, claims];
}

async function openCwt(token, trust) {
  const signed = parse(token);
  if (signed.typ !== CWT_TYP) fault('the message is not a status list');
  const key = keyOf(trust, signed.kid);
  if (!(await isSignedBy(await verifierOf(key), signed.message, signed.signature))) refuse("the list's signature is not its key's", 'signature');
  const members = decode(signed.payload);
  if (!(members instanceof Map) || members.size !== NAMES.size || ![...members.keys()].every((number) => NAMES.has(number))) fault('a status list holds exactly sub, exp, iat, ttl and the list');
  const claims = Object.setPrototypeOf(Object.fromEntries([...members].map(([number, value]) => [NAMES.get(number), value])), null);
  if (claims.status_list instanceof Map) claims.status_list = Object.setPrototypeOf(Object.fromEntries(claims.status_list), null);
  return [key, claims];
}

function numberOf(uri) {
  const path = uri.replace(/[?#].*$/s, '').replace(/^[A-Za-z][A-Za-z0-9+.-]*:/, '').replace(/^\/\/[^/]*/, '');
  const segment = path.slice(path.lastIndexOf('/') + 1);
  return /^(?:0|[1-9][0-9]{0,8})$/.test(segment) ? Number(segment) : fault("a status list's URI does not end in its number");
}

async function inflate(compressed) {
  if (typeof DecompressionStream === 'undefined') fault('this browser cannot unpack a status list');
  const reader = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks = [];
  let length = 0;
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      length += value.length;
      if (length > MAX_UNPACKED) break; // never more than the limit, whatever the stream announces
      chunks.push(value);
    }
  } catch {
    fault('a status list is not a zlib stream');
  }
  if (length > MAX_UNPACKED) await reader.cancel();
  if (!length || length > MAX_UNPACKED) fault("a status list's zlib stream is empty or too large");
  const packed = new Uint8Array(await new Blob(chunks).arrayBuffer());
  // Some engines overlook bytes after the end of the stream: its own sum then stands elsewhere.
  if (adler32(packed) !== new DataView(compressed.buffer, compressed.byteOffset).getUint32(compressed.length - 4)) fault("a status list's zlib stream is followed by bytes");
  return packed;
}

function adler32(bytes) {
  let [low, high] = [1, 0];
  for (let i = 0; i < bytes.length; ) {
    const end = Math.min(i + 3800, bytes.length); // as far as neither sum runs over
    for (; i < end; i += 1) high += low += bytes[i];
    low %= 65521;
    high %= 65521;
  }
  return high * 65536 + low;
}

/** Holds these lists, of several of one authority with one number the newest. */
export function holdLists(lists) {
  const held = new Map();
  for (const list of [...lists].sort((a, b) => a.issuedAt - b.issuedAt)) held.set(`${list.uscc}/${list.number}`, list);
  return held;
}

/** What the lists say of a certificate: {verdict, reasons, asOf}; what they cannot say is stale. */
export function statusOf(held, uscc, place, now) {
  const list = held.get(`${uscc}/${place.list}`);
  if (!list) return { verdict: 'stale_list', reasons: ['STATUS_LIST_MISSING'], asOf: null };
  if (place.index >= list.packed.length * 4) return { verdict: 'stale_list', reasons: ['STATUS_INDEX_UNKNOWN'], asOf: list.issuedAt };
  const [verdict, ...reasons] = MEANS[(list.packed[Math.floor(place.index / 4)] >> ((place.index % 4) * 2)) & 3];
  if (now <= list.until + LEEWAY) return { verdict, reasons, asOf: list.issuedAt };
  // An old "revoked" still stands; an old "valid" or "suspended" may have changed since.
  return { verdict: verdict === 'revoked' ? verdict : 'stale_list', reasons: ['STATUS_LIST_STALE', ...reasons], asOf: list.issuedAt };
}
