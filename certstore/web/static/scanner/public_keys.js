// Public keys: P-256 points checked to lie on the curve, key identifiers, ES256 by WebCrypto.
import { concat, hex, sha256 } from './bytes.js';

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const SPKI_P256 = Uint8Array.from('3059301306072a8648ce3d020106082a8648ce3d030107034200'.match(/../g), (pair) => parseInt(pair, 16));
const SPKI_ED25519 = Uint8Array.from('302a300506032b6570032100'.match(/../g), (pair) => parseInt(pair, 16));
const ES256 = { name: 'ECDSA', hash: 'SHA-256' };

const number = (bytes) => BigInt(`0x${hex(bytes)}`);

/** Whether 32 + 32 bytes are a point of P-256: y² = x³ − 3x + b, both coordinates below p. */
export function onCurve(x, y) {
  const [a, b] = [number(x), number(y)];
  if (a >= P || b >= P) return false;
  return (b * b - (a * a * a - 3n * a + B)) % P === 0n;
}

const identifier = async (spki) => hex((await sha256(spki)).subarray(0, 8));

/** The key identifier used in every format: 8 bytes of SHA-256 over the SPKI, as hex. */
export const p256Id = (x, y) => identifier(concat(SPKI_P256, Uint8Array.of(4), x, y));
export const ed25519Id = (x) => identifier(concat(SPKI_ED25519, x));

/** A key ready to verify with; throws for a point off the curve. */
export function importP256(x, y) {
  return crypto.subtle.importKey('raw', concat(Uint8Array.of(4), x, y), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
}

/** The key of a certificate's SubjectPublicKeyInfo (DER). */
export function importSpki(der) {
  return crypto.subtle.importKey('spki', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
}

/** Whether r‖s (64 bytes) is the key's ES256 signature; r or s of zero or beyond n never is. */
export async function isSignedBy(key, message, signature) {
  if (signature.length !== 64) return false;
  try {
    return await crypto.subtle.verify(ES256, key, signature, message);
  } catch {
    return false;
  }
}
