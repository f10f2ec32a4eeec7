// Judging a code in a fixed order of checks; nothing is shown unless the signature is good. The
// same checks, verdicts and words as the service's own scanner: a shared corpus holds both.
import { equal } from './bytes.js';
import { issuerCode, readClaims, shown } from './claims.js';
import { Findings } from './findings.js';
import { faults, photoFault } from './meaning.js';
import { OFF_LINE, ON_LINE, PRINTED, openCode, purposeOf } from './profiles.js';
import { importP256, isSignedBy, p256Id } from './public_keys.js';
import { Refusal } from './refusal.js';
import { isListed } from './signed_out_devices.js';
import { findKey, freshTrust, inItsTime } from './trust_list.js';
import { iso, statusOf } from './status_list.js';
import { LEEWAY } from './tokens.js';

const REPLAY_NOT_CHECKED = 'replay_not_checked';
const SHOWING_LIFETIME_S = 15; // a holder's phone renews an off-line code this often
const LIFETIME_S = { [ON_LINE]: 60, [OFF_LINE]: 86400 };
const OPENING = ['length', 'prefix', 'base45', 'cbor', 'profile'];
const CAUSES = {
  length: ['length', 'CODE_TOO_LONG'],
  prefix: ['prefix', 'NOT_OUR_CODE'],
  base45: ['base45', 'NOT_BASE45'],
  cbor: ['cbor', 'NOT_STRICT_CBOR'],
  header: ['profile', 'HEADER_WRONG'],
  profile: ['profile', 'PROFILE_MISMATCH'],
  payload: ['profile', 'PAYLOAD_WRONG'],
};

/**
 * Judges a code's text by the twelve steps. `facts`: {trust, lists, now (Unix seconds), seen?,
 * nonce?, devices?}; `seen(showing, until)` answers true the first time, false later, null if it
 * cannot say; `nonce` is what the holder was asked to sign, or null.
 */
export async function judgeCode(text, facts) {
  const findings = new Findings();
  const code = open(text, findings); // 1-5
  if (!code) return findings.result();
  const key = trustedKey(code, facts, findings); // 6
  if (!key) return findings.result();
  const claims = await verifiedClaims(code, key, findings); // 7
  if (!claims || !wellFormed(code, claims, key, findings)) return findings.result();
  judgeTimes(code, claims, facts, findings); // 8
  judgeStatus(claims, key, facts, findings); // 9
  judgeDevice(code, facts, findings);
  judgeMeaning(claims, findings); // 10
  judgePhoto(claims, findings); // 11
  await judgeReplay(code, claims, facts, findings); // 12
  // What does not mean what it shows is not shown, even under a good signature.
  return findings.result(findings.verdicts.includes('malformed') ? {} : shown(claims.data));
}

function refusalIn(action) {
  try {
    return [action(), null];
  } catch (error) {
    if (error instanceof Refusal) return [null, error];
    throw error;
  }
}

function open(text, findings) {
  // 1. length, 2. prefix, 3. strict Base45, 4. strict CBOR, 5. profile and header
  const [code, refusal] = refusalIn(() => openCode(text));
  const [step, reason] = refusal ? CAUSES[refusal.cause] : [];
  for (const name of refusal ? OPENING.slice(0, OPENING.indexOf(step)) : OPENING) findings.passed(name);
  if (refusal) findings.failed(step, 'malformed', reason, refusal.detail);
  return code;
}

function trustedKey(code, facts, findings) {
  // 6. kid in the trust list with this purpose; the algorithm is the list's
  const key = findKey(facts.trust, code.issued.kid, purposeOf(code.profile));
  if (!key || key.alg !== 'ES256') return findings.failed('key', 'unknown_issuer', 'KEY_UNKNOWN');
  if (key.state === 'revoked') return findings.failed('key', 'unknown_issuer', 'KEY_REVOKED', key.kid);
  findings.passed('key', key.kid);
  if (!freshTrust(facts.trust, facts.now)) findings.failed('trust_list', 'stale_list', 'TRUST_LIST_STALE');
  return key;
}

async function verifiedClaims(code, key, findings) {
  // 7. signature, and only then the payload; in RPH1 also the holder's
  key.verifier ??= importP256(key.x, key.y);
  if (!(await isSignedBy(await key.verifier, code.issued.message, code.issued.signature))) return findings.failed('signature', 'tampered', 'SIGNATURE_WRONG');
  const [claims, refusal] = refusalIn(() => readClaims(code.issued.payload));
  if (refusal) return findings.failed('payload', 'malformed', 'PAYLOAD_WRONG', refusal.detail);
  if (code.shown && !(await holderSigned(code.shown.signed, claims.holder))) return findings.failed('holder_signature', 'tampered', 'HOLDER_SIGNATURE_WRONG');
  findings.passed('signature');
  return claims;
}

async function holderSigned(signed, holder) {
  if (!holder || signed.kid !== (await p256Id(holder.x, holder.y))) return false;
  return isSignedBy(await importP256(holder.x, holder.y), signed.message, signed.signature);
}

function wellFormed(code, claims, key, findings) {
  // What the profile asks of the claims; and the issuer is whom the key belongs to, in its time.
  const longest = LIFETIME_S[code.profile] ?? Infinity;
  const lifetime = claims.expiresAt - claims.issuedAt;
  const bound = (claims.holder !== null) === (code.profile === OFF_LINE);
  const named = claims.cti !== null || code.profile === PRINTED;
  if (lifetime <= 0 || lifetime > longest) findings.failed('payload', 'malformed', 'LIFETIME_WRONG');
  else if (!bound || !named) findings.failed('payload', 'malformed', 'PAYLOAD_WRONG');
  else if (claims.issuer !== issuerCode(key.authority_uscc)) findings.failed('issuer', 'unknown_issuer', 'ISSUER_MISMATCH');
  else if (!inItsTime(key, claims.issuedAt)) findings.failed('issuer', 'unknown_issuer', 'KEY_OUT_OF_TIME', key.kid);
  else {
    findings.passed('issuer', key.authority_name);
    return true;
  }
  return false;
}

function judgeTimes(code, claims, { now, nonce = null }, findings) {
  // 8. exp, nbf, iat, two clocks differing by 30 s at most; then the holder's own iat
  const begins = Math.max(claims.notBefore ?? 0, claims.issuedAt);
  if (now > claims.expiresAt + LEEWAY) findings.failed('time', 'expired', 'CODE_EXPIRED', iso(claims.expiresAt));
  else if (now < begins - LEEWAY) findings.failed('time', 'not_yet_valid', 'CODE_NOT_YET_VALID', iso(begins));
  else findings.passed('time', iso(claims.expiresAt));
  if (!code.shown) return;
  const age = now - code.shown.issuedAt;
  if (age > SHOWING_LIFETIME_S + LEEWAY) findings.failed('showing', 'expired', 'SHOWING_TOO_OLD');
  else if (age < -LEEWAY) findings.failed('showing', 'not_yet_valid', 'SHOWING_NOT_YET_VALID');
  else if (!same(code.shown.nonce, nonce)) findings.failed('showing', 'replayed', 'NONCE_NOT_OURS');
  else findings.passed('showing');
}

const same = (given, wanted) => (given === null || wanted === null ? given === wanted : equal(given, wanted));

function judgeStatus(claims, key, facts, findings) {
  // 9. status, asked of the authority whose key signed the code
  const found = statusOf(facts.lists, key.authority_uscc, claims.status, facts.now);
  const detail = found.asOf === null ? '' : iso(found.asOf);
  const first = found.reasons[0] ?? `STATUS_${found.verdict.toUpperCase()}`;
  if (found.verdict === 'valid') findings.passed('status', detail);
  else findings.failed('status', found.verdict, first, detail);
  found.reasons.forEach((reason) => findings.remark(reason));
}

function judgeDevice({ shown: layer }, { devices = null, now }, findings) {
  // In RPH1, whether the phone was signed out. Where nobody can say, the code's own end bounds it.
  if (!layer) return;
  const listed = isListed(devices, layer.signed.kid, now);
  if (listed === null) {
    findings.undecided('device', 'no fresh list of signed-out devices');
    findings.remark('DEVICES_NOT_CHECKED');
  } else if (listed) findings.failed('device', 'revoked', 'DEVICE_SIGNED_OUT');
  else findings.passed('device');
}

function judgeMeaning(claims, findings) {
  // 10. meaning: NFC, nothing that hides or turns text, dates in order (lengths: step 7)
  const found = faults(claims.data);
  found.forEach((reason) => findings.failed('meaning', 'malformed', reason));
  if (!found.length) findings.passed('meaning');
}

function judgePhoto(claims, findings) {
  // 11. photo limits, before anything decodes it
  if (!claims.data.photo) return;
  const fault = photoFault(claims.data.photo);
  if (fault) findings.failed('photo', 'malformed', fault);
  else findings.passed('photo');
}

async function judgeReplay(code, claims, facts, findings) {
  // 12. one showing counts once; a code that is refused anyway is not used up by it
  if (code.profile === PRINTED || !claims.cti) return;
  let first = null;
  if (facts.seen) {
    if (findings.verdict !== 'valid') return findings.undecided('replay', 'not counted, for the code is refused anyway');
    first = await facts.seen(...showing(code, claims));
  }
  if (first === null) {
    findings.undecided('replay', 'no shared memory');
    findings.remark(REPLAY_NOT_CHECKED);
  } else if (first) findings.passed('replay');
  else findings.failed('replay', 'replayed', 'ALREADY_SHOWN');
}

function showing({ shown: layer }, { issuer, cti, expiresAt }) {
  // What makes one showing itself: never its signature bytes, which are malleable.
  const until = (layer ? layer.issuedAt + SHOWING_LIFETIME_S : expiresAt) + LEEWAY;
  return [[issuer, [...cti], layer?.issuedAt ?? 0, [...(layer?.nonce ?? [])]], until];
}
