// COSE_Sign1 (RFC 9052 §4.2) in the one shape used here: tag 18, three protected fields, ES256.
import { concat, hex } from './bytes.js';
import { refuse } from './refusal.js';
import { decode, encodeBytes, encodeText } from './strict_cbor.js';

const BEGIN = concat(Uint8Array.of(0x84), encodeText('Signature1'));
const NO_DATA = encodeBytes(new Uint8Array());
const fault = (detail) => refuse(detail, 'header');
const isBytes = (value) => value instanceof Uint8Array;

/** Takes a signed message apart: {kid, typ, payload, message, signature}; nothing is verified. */
export function parse(data) {
  if (data[0] !== 0xd2) fault('a signed message begins with tag 18');
  const parts = decode(data.subarray(1));
  const [secured, unprotected, payload, signature] = Array.isArray(parts) ? parts : [];
  if (parts?.length !== 4 || !isBytes(secured) || !(unprotected instanceof Map) || !isBytes(payload) || !isBytes(signature)) fault('a signed message has four parts');
  if (unprotected.size) fault('the unprotected header is empty');
  if (signature.length !== 64) fault('a signature has 64 bytes');
  const [kid, typ] = readProtected(secured);
  const message = concat(BEGIN, encodeBytes(secured), NO_DATA, encodeBytes(payload));
  return { kid, typ, payload, message, signature };
}

function readProtected(secured) {
  const header = decode(secured);
  if (header instanceof Map && header.size === 3) {
    const [alg, kid, typ] = [1, 4, 16].map((key) => header.get(key));
    if (alg === -7 && isBytes(kid) && kid.length === 8 && typeof typ === 'string') return [hex(kid), typ];
  }
  return fault('the protected header holds exactly algorithm ES256, a key id of 8 bytes, and a type');
}
