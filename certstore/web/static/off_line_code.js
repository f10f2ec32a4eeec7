// The holder's layer of an off-line code (RPH1): the inner message of the authority, wrapped and
// signed by the key in this phone.
import { decode, encode } from './scanner/base45.js';
import { concat, sha256 } from './scanner/bytes.js';
import { encodeBytes, encodeText, head } from './scanner/strict_cbor.js';

const PROFILE = 'RPH1';
const NONCE = /^RPN1:([0-9A-Z $%*+\-./:]{24})$/;
const ES256 = { name: 'ECDSA', hash: 'SHA-256' };

/** The 16 bytes of a verifier's code, or null for any other text. */
export function nonceOf(typed) {
  const spelled = NONCE.exec(typed)?.[1];
  try {
    return spelled ? decode(spelled) : null;
  } catch {
    return null; // a group too large
  }
}

/** A key that signs and cannot be taken out, and its id: 8 bytes of SHA-256 over the SPKI. */
export async function makeKey() {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const spki = await crypto.subtle.exportKey('spki', keys.publicKey);
  const kid = (await sha256(spki)).slice(0, 8);
  return { keys, kid };
}

export const sign = async ({ keys }, message) => new Uint8Array(await crypto.subtle.sign(ES256, keys.privateKey, message));

/** The text to show: the inner message wrapped now (Unix seconds), with a verifier's nonce if any. */
export async function wrap(device, inner, issuedAt, nonce = null) {
  const map = [head(5, nonce ? 3 : 2), head(0, 6), head(0, issuedAt), head(1, 0), encodeBytes(inner)];
  if (nonce) map.push(head(1, 1), encodeBytes(nonce));
  const payload = concat(...map);
  const header = concat(head(5, 3), head(0, 1), head(1, 6), head(0, 4), encodeBytes(device.kid), head(0, 16), encodeText(PROFILE));
  const message = concat(head(4, 4), encodeText('Signature1'), encodeBytes(header), encodeBytes(new Uint8Array()), encodeBytes(payload));
  const signature = await sign(device, message);
  const cose = concat(Uint8Array.of(0xd2), head(4, 4), encodeBytes(header), head(5, 0), encodeBytes(payload), encodeBytes(signature));
  return `${PROFILE}:${encode(cose)}`;
}
