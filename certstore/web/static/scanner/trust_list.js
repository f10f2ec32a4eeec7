// Whose keys are trusted for what, from when to when: the trust list, verified with the root's key.
// The certificates beside the keys (x5c) are not looked at here: the root itself vouches for the
// list, and the service refuses to publish one whose certificates disagree with it.
import { base64url, characters } from './bytes.js';
import { ed25519Id, onCurve, p256Id } from './public_keys.js';
import { refuse } from './refusal.js';
import { LEEWAY, holdsExactly, isMoment, parseToken } from './tokens.js';

const MAX_BYTES = 1048576;
const MAX_KEYS = 2000;
const MEMBERS = ['iss', 'seq', 'iat', 'exp', 'keys'];
const ENTRY = ['kid', 'purpose', 'authority_uscc', 'authority_name', 'alg', 'jwk', 'valid_from', 'valid_to', 'state'];
const PURPOSES = ['document', 'credential', 'code', 'presentation', 'status', 'ledger', 'token', 'receipt', 'source'];
const STATES = ['active', 'retired', 'revoked'];
const fault = (detail) => refuse(detail, 'trust-list');
const isText = (value, longest) => typeof value === 'string' && value !== '' && characters(value) <= longest;

/** Verifies a list with the pinned root's key; how fresh it is, is the caller's matter. */
export async function readTrustList(jws, rootKey) {
  const claims = await parseToken(jws.trim(), 'trust-list+jwt', MAX_BYTES, ['x5c']).verified(rootKey);
  const { iss, seq, iat, exp, keys } = claims;
  if (!holdsExactly(claims, MEMBERS) || !isMoment(seq)) fault('the list lacks a member, holds a strange one, or its seq is no number');
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) fault(`the list holds at most ${MAX_KEYS} keys`);
  if (!isText(iss, 200) || !isMoment(iat) || !isMoment(exp)) fault('the issuer or a moment of the list is not what it should be');
  const byKid = new Map((await Promise.all(keys.map(readKey))).map((key) => [key.kid, key]));
  if (byKid.size !== keys.length) fault('the list names a key twice; a key has one purpose');
  return { seq, issuedAt: iat, expiresAt: exp, keys: byKid };
}

async function readKey(entry) {
  const { x5c, ...rest } = entry ?? {};
  if (!holdsExactly(Object.setPrototypeOf(rest, null), ENTRY)) fault('an entry lacks a member or holds a strange one');
  const { purpose, authority_uscc: uscc, authority_name: name, alg, jwk, valid_from: from, valid_to: to, state } = rest;
  if (!PURPOSES.includes(purpose) || !STATES.includes(state)) fault("an entry's purpose or state is unknown");
  if (!isText(uscc, 18) || !isText(name, 200) || !isMoment(from) || !isMoment(to)) fault('a text or moment of an entry is not what it should be');
  const [kid, algorithm, x, y] = await readJwk(jwk);
  if (rest.kid !== kid || alg !== algorithm) fault("an entry's kid or alg is not its key's");
  return { ...rest, x, y };
}

async function readJwk(jwk) {
  const read = (text) => {
    const bytes = typeof text === 'string' ? base64url(text) : [];
    return bytes.length === 32 ? bytes : fault('a coordinate of a JWK has 32 bytes');
  };
  if (holdsExactly(jwk, ['kty', 'crv', 'x']) && jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return [await ed25519Id(read(jwk.x)), 'EdDSA'];
  if (!holdsExactly(jwk, ['kty', 'crv', 'x', 'y']) || jwk.kty !== 'EC' || jwk.crv !== 'P-256') fault('a JWK is not a bare P-256 or Ed25519 public key');
  const [x, y] = [read(jwk.x), read(jwk.y)];
  if (!onCurve(x, y)) fault('a JWK does not hold a point of its curve');
  return [await p256Id(x, y), 'ES256', x, y];
}

/** The key with this kid, if it is listed for this purpose; in whatever state it is. */
export function findKey(trust, kid, purpose) {
  const key = trust.keys.get(kid);
  return key?.purpose === purpose ? key : null;
}

/** Whether the list still speaks at this moment. */
export const freshTrust = (trust, now) => now <= trust.expiresAt + LEEWAY;

/** Whether what the key signed at this moment is still good; a revoked key's never is. */
export const inItsTime = (key, moment) => key.state !== 'revoked' && key.valid_from <= moment && moment <= key.valid_to;
