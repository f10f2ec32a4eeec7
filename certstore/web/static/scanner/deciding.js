// One verdict on a code: the service's while it answers, this device's own where it does not.
import { hex, sha256, utf8 } from './bytes.js';
import { readClaims } from './claims.js';
import { judgeCode } from './judge.js';
import { drop, all, put } from './keeping.js';
import { OFF_LINE, ON_LINE, openCode } from './profiles.js';
import { ShownCodes } from './shown_codes.js';
import { LEEWAY } from './tokens.js';

const PATIENCE = 2500; // ms until a slow network counts as none
const ONCE = new RegExp(`^(${ON_LINE}|${OFF_LINE}):`); // codes that are good for one presentation
const LONG_PATIENCE = 10000; // ms where nobody but the service can answer
const CLOCK_BEHIND = { verdict: 'stale_list', reasons: ['CLOCK_BEHIND'], checks: [{ name: 'time', passed: false, detail: '' }], fields: {}, off_line: true };
const ONCE_LIVES = 120; // seconds after which such a code is dead anyway

export const seconds = () => Math.floor(Date.now() / 1000);
const shown = new ShownCodes({ all: () => all('shown'), put: (key, end) => put('shown', key, end), drop: (key) => drop('shown', key) });
const loaded = shown.load().catch(() => shown);

async function askService(body, patience = PATIENCE) {
  const answer = await fetch('/v1/verify/code', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), cache: 'no-store', signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error(`answer ${answer.status}`, { cause: answer.status });
  return answer.json();
}

/** What `decide` answers of a number while the service looks at none, after too many wrong ones. */
export const TOO_MANY_WRONG = Object.freeze({});

async function askOfNumber(body) {
  try {
    return await askService(body, LONG_PATIENCE);
  } catch (error) {
    return error.cause === 429 ? TOO_MANY_WRONG : null;
  }
}

/** The nine digits that a holder reads out in place of a code, or null for any other text. */
export function numberOf(typed) {
  const digits = typed.normalize('NFKC').replace(/[\s\-\u2010-\u2015]/g, '');
  return /^[0-9]{9}$/.test(digits) ? digits : null;
}

/** What makes a code itself to this device: not its text, for anybody can respell a signature. */
async function itself(code) {
  try {
    const { issued, shown: layer } = openCode(code);
    const { issuer, cti } = readClaims(issued.payload);
    if (cti) return ['code', issuer, [...cti], layer?.issuedAt ?? 0, [...(layer?.nonce ?? [])]];
  } catch {
    // No code of sound form, which nobody will call valid.
  }
  return ['text', hex(await sha256(utf8(code)))];
}

/** Judges by what the device holds; null if it holds too little. */
export async function judgeHere(code, holdings, nonce = null) {
  if (!holdings?.ready) return null;
  const now = seconds();
  if (now < holdings.newest - LEEWAY) return CLOCK_BEHIND; // dead codes would live again, old lists be fresh
  await loaded;
  const said = await judgeCode(code, { ...holdings.facts, now, seen: shown.alone(now), nonce });
  return { ...said, off_line: true };
}

/**
 * Judges a code; null if neither the service nor this device can.
 * The same single-use code twice
 * on one device is replayed at once. `nonce`: bytes the holder was asked to sign, or null.
 * What code a number stands for the service alone knows: this device never judges one.
 */
export async function decide(code, { holdings = null, verifier = '', nonce = null } = {}) {
  const number = numberOf(code);
  if (number) {
    const asking = { code: number, ...(verifier && { verifier }) };
    return navigator.onLine ? askOfNumber(asking) : null;
  }
  await loaded;
  const [showing, now] = [await itself(code), seconds()];
  if (ONCE.test(code) && (await shown.firstTime(showing, now + ONCE_LIVES, now)) === false) {
    return { verdict: 'replayed', checks: [{ name: 'replay', passed: false }] };
  }
  const body = { code, ...(verifier && { verifier }), ...(nonce && { nonce: hex(nonce) }) };
  const asked = navigator.onLine ? askService(body).catch(() => null) : null;
  const answer = (await asked) ?? (await judgeHere(code, holdings, nonce));
  if (!answer || answer.verdict !== 'valid') await shown.forget(showing);
  return answer;
}
