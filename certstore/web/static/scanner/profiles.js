// The three profiles of a code, from text to signed message, without judging it.
import { decode as base45 } from './base45.js';
import { characters } from './bytes.js';
import { parse } from './cose_sign1.js';
import { toBytes, toMap, toSeconds } from './payload.js';
import { refuse } from './refusal.js';
import { decode } from './strict_cbor.js';

export const MAX_CHARACTERS = 2100;
export const [PRINTED, ON_LINE, OFF_LINE] = ['RP1', 'RPD1', 'RPH1'];
const [IAT, INNER, NONCE] = [6, -1, -2];

/** The purpose of the authority's key that signs a code of this profile. */
export const purposeOf = (profile) => (profile === ON_LINE ? 'presentation' : 'code');

/** Takes a code's text apart: {profile, issued, shown}; a Refusal's cause names the step. */
export function openCode(text) {
  if (characters(text) > MAX_CHARACTERS) refuse(`a code has at most ${MAX_CHARACTERS} characters`, 'length'); // 1. length
  const colon = text.indexOf(':');
  const profile = colon < 0 ? '' : text.slice(0, colon);
  if (![PRINTED, ON_LINE, OFF_LINE].includes(profile)) refuse('the text is not a code of this system', 'prefix'); // 2. prefix
  const outer = parsed(base45(text.slice(colon + 1)), profile); // 3. Base45, 4. CBOR, 5. profile
  if (profile !== OFF_LINE) return { profile, issued: outer, shown: null };
  const [inner, shown] = unwrap(outer);
  return { profile, issued: parsed(inner, profile), shown };
}

function parsed(message, profile) {
  const signed = parse(message);
  if (signed.typ !== profile) refuse("a code's prefix and its signed profile differ", 'profile');
  return signed;
}

function unwrap(outer) {
  // Read before any signature is verified: the key that could verify it lies inside.
  const members = toMap(decode(outer.payload), [IAT, INNER, NONCE], [IAT, INNER]);
  const nonce = members.has(NONCE) ? toBytes(8, 32)(members.get(NONCE)) : null;
  const inner = toBytes(1, 1400)(members.get(INNER));
  return [inner, { signed: outer, issuedAt: toSeconds(members.get(IAT)), nonce }];
}
