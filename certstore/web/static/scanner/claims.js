// What a code says: claims about one certificate under integer keys (CWT, RFC 8392).
import { hex } from './bytes.js';
import { Day, malformed, toBytes, toDay, toMap, toNumber, toSeconds, toText } from './payload.js';
import { onCurve } from './public_keys.js';
import { decode } from './strict_cbor.js';

const [ISS, EXP, NBF, IAT, CTI, CNF, STATUS, DATA] = [1, 4, 5, 6, 7, 8, 65535, -70001];
const DISCLOSURES = ['full', 'minimal', 'residence_in_district', 'age_over'];
export const MAX_PHOTO_BYTES = 800;
const readDisclosure = toNumber(3);
const readCoordinate = toBytes(32, 32);
const readIndex = toNumber(2 ** 32 - 1);

const FIELDS = new Map([
  [1, ['number', toText(32)]],
  [2, ['name', toText(50)]],
  [3, ['sex', toNumber(9)]],
  [4, ['ethnicity', toNumber(99)]],
  [5, ['birth_date', toDay]],
  [6, ['id_number', toText(24)]],
  [7, ['household_address', toText(120)]],
  [8, ['residence_address', toText(120)]],
  [9, ['type_code', toText(32)]],
  [10, ['issued_on', toDay]],
  [11, ['valid_to', toDay]],
  [12, ['authority', toText(60)]],
  [13, ['endorsed_on', toDay]],
  [14, ['photo', toBytes(1, MAX_PHOTO_BYTES)]],
  [15, ['disclosure', (value) => DISCLOSURES[readDisclosure(value)]]],
  [16, ['photo_digest', toBytes(16, 16)]],
  [17, ['age_over', toNumber(150, 1)]],
]);

/** Reads a payload strictly: {issuer, issuedAt, expiresAt, status, data, notBefore, cti, holder}. */
export function readClaims(payload) {
  const members = toMap(decode(payload), [ISS, EXP, NBF, IAT, CTI, CNF, STATUS, DATA], [ISS, EXP, IAT, STATUS, DATA]);
  const given = (key, read) => (members.has(key) ? read(members.get(key)) : null);
  return {
    issuer: toText(16)(members.get(ISS)),
    issuedAt: toSeconds(members.get(IAT)),
    expiresAt: toSeconds(members.get(EXP)),
    status: readStatus(members.get(STATUS)),
    data: readData(members.get(DATA)),
    notBefore: given(NBF, toSeconds),
    cti: given(CTI, toBytes(8, 8)),
    holder: given(CNF, readHolder),
  };
}

/** The `iss` of an authority: places 9 to 17 of its credit code. */
export const issuerCode = (uscc) => [...uscc].slice(8, 17).join('');

/** The facts a code gives, as JSON says them: days as ISO 8601, bytes in hex. */
export function shown(data) {
  const plain = (value) => (value instanceof Day ? String(value) : value instanceof Uint8Array ? hex(value) : value);
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, plain(value)]));
}

function readData(value) {
  const members = toMap(value, [...FIELDS.keys()], [1]);
  const named = {};
  for (const [key, inner] of members) {
    const [name, read] = FIELDS.get(key);
    named[name] = read(inner);
  }
  return named; // the map's keys are sorted, so the facts stand in the order of their numbers
}

function readStatus(value) {
  const place = value instanceof Map && value.size === 1 ? value.get(0) : null;
  if (!Array.isArray(place) || place.length !== 2) malformed('the status of a code is a list number and an index');
  return { list: readIndex(place[0]), index: readIndex(place[1]) };
}

function readHolder(value) {
  const key = value instanceof Map && value.size === 1 ? value.get(1) : null;
  const isKey = key instanceof Map && key.size === 4 && key.get(1) === 2 && key.get(-1) === 1 && key.has(-2) && key.has(-3);
  if (!isKey) malformed("the holder's key is a COSE key on P-256");
  const [x, y] = [readCoordinate(key.get(-2)), readCoordinate(key.get(-3))];
  if (!onCurve(x, y)) malformed("the holder's key is no point of P-256");
  return { x, y };
}
