// The list of phones that were signed out: a code one of them shows off line is refused.
import { importP256 } from './public_keys.js';
import { refuse } from './refusal.js';
import { LEEWAY, holdsExactly, parseToken } from './tokens.js';
import { findKey, inItsTime } from './trust_list.js';

const MOST = 100000;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_LIFE_S = 31 * 86400;
const fault = (detail) => refuse(detail, 'signed-out-devices');

/** Verifies and reads a list; how fresh it is, `isListed` asks. */
export async function readSignedOut(jws, trust) {
  const token = parseToken(jws.trim(), 'signed-out-devices+jwt', MAX_BYTES);
  const key = findKey(trust, token.header.kid, 'status');
  if (key?.alg !== 'ES256') refuse('no trusted status key signed the list', 'key');
  const claims = await token.verified(await (key.verifier ??= importP256(key.x, key.y)));
  const { iss, iat, exp, ttl, kids } = claims;
  if (!holdsExactly(claims, ['iss', 'iat', 'exp', 'ttl', 'kids']) || typeof iss !== 'string') fault('the list holds exactly iss, iat, exp, ttl and kids');
  if (![iat, exp, ttl].every(Number.isSafeInteger)) fault('iat, exp and ttl of the list are whole seconds');
  if (iat < 0 || iat >= exp || exp > iat + MAX_LIFE_S || ttl <= 0 || ttl > MAX_LIFE_S) fault('the list lives 31 days at most');
  if (!Array.isArray(kids) || kids.length > MOST) fault(`the list names at most ${MOST} keys`);
  if (!kids.every((kid) => typeof kid === 'string' && /^[0-9a-f]{16}$/.test(kid))) fault('a key of the list is named by 16 hexadecimal characters');
  if (kids.some((kid, i) => i && kids[i - 1] >= kid)) fault('the keys of the list are sorted, and none stands twice');
  if (!inItsTime(key, iat)) refuse("the list was signed outside its key's time", 'key');
  return { issuedAt: iat, until: Math.min(iat + ttl, exp), kids: new Set(kids) };
}

/** Whether a key was signed out; null without a list, or with one past its time. */
export function isListed(list, kid, now) {
  return list && now <= list.until + LEEWAY ? list.kids.has(kid) : null;
}
