// Fills in the look of a verdict that came with the page. Texts stand in the page, not here, and
// whatever a code says goes in as text, never as markup.
const words = document.getElementById('words').content;
export const say = (name, value = '') => words.querySelector(`[data-say="${name}"]`).textContent.replace('%s', () => value);
const word = (kind, name) => words.querySelector(`[data-${kind}="${CSS.escape(name)}"]`);
const known = (kind, name) => word(kind, name)?.textContent;
const typeOf = ({ type, type_code: national }) => (type ? word('type', type) : national && word('national', national))?.textContent;
const PHOTOGRAPHED = ['residence_voucher', 'residence_permit']; // it is printed on the document
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

// Verdicts that need words of their own (verifiers/pages/screens.py), and the reason each tells.
const SCREENS = [
  ['revoked', 'DEVICE_SIGNED_OUT', ({ checks }) => checks.some(({ name, passed }) => name === 'status' && passed) && 'phone_signed_out'],
  ['malformed', 'STATUS_ADDRESS', () => 'status_address'],
  ['malformed', 'NUMBER_NOT_GOOD', () => 'number_not_good'],
  ['replayed', 'NONCE_NOT_OURS', ({ two_way: asked }) => (asked ? 'nonce_wanted' : 'shown_to_another')],
];

/** The screen's name, and the reason that it tells already. */
function screenOf(answer) {
  for (const [verdict, reason, name] of SCREENS) {
    const screen = answer.verdict === verdict && answer.reasons.includes(reason) && name(answer);
    if (screen) return [screen, reason];
  }
  return [answer.verdict, ''];
}

/** Text whose asterisks read as hidden. */
function starred(text) {
  return String(text).split(/(\*+)/).flatMap((piece) => {
    if (!piece.startsWith('*')) return piece;
    const mask = Object.assign(document.createElement('span'), { className: 'mask', textContent: piece });
    mask.setAttribute('aria-hidden', 'true');
    return [mask, Object.assign(document.createElement('span'), { className: 'vh', textContent: say('hidden') })];
  });
}

function photo(bytes) {
  const picture = new Image(96, 118);
  picture.className = 'portrait';
  picture.alt = say('photo');
  picture.src = URL.createObjectURL(new Blob([bytes]));
  picture.onload = () => URL.revokeObjectURL(picture.src);
  return picture;
}

/** What a showing that names nobody proves: the name of its field, and the sentence; or nothing. */
function headline({ age_over: age, disclosure, ...fields }) {
  if (age) return ['age_over', say('age_over', age)];
  const name = disclosure === 'residence_in_district' ? 'residence_address' : 'residence_district';
  return fields[name] ? [name, say('lives_in', fields[name])] : ['', ''];
}

function fillNobody(look, nobody, sentence) {
  const slot = (name) => look.querySelector(`[data-slot="${name}"]`);
  slot('person').hidden = nobody;
  slot('nobody').hidden = !nobody;
  slot('proven').textContent = sentence;
  if (nobody) slot('same')?.remove(); // there is no photo to compare
}

/** Where the photo to compare with is: here, with the holder (theirs), or nowhere (none). */
function faceOf(fields, picture) {
  if (picture) return 'here';
  if (fields.photo_digest) return 'theirs';
  return !fields.disclosure && PHOTOGRAPHED.includes(fields.type) ? 'theirs' : 'none';
}

function fillFace(look, fields, picture) {
  const same = look.querySelector('[data-slot="same"]');
  same?.replaceChildren(same.querySelector(`[data-face="${faceOf(fields, picture)}"]`));
  if (!fields.disclosure) same?.querySelector('[data-slot="unchecked"]')?.remove();
}

/** What stands in the rows: codes as words. */
function rowsOf({ age_over: age, ethnicity, ...fields }) {
  const name = Number.isInteger(ethnicity) ? say('ethnicities').split(' ')[ethnicity - 1] : ethnicity;
  return { ...fields, ...(age && { age_over: say('age_over', age) }), ...(name && { ethnicity: name }) };
}

function fillData(look, { fields, photo: picture }) {
  look.querySelector('[data-slot="data"]').hidden = Object.keys(fields).length === 0;
  const nobody = !fields.name && !fields.id_number && !picture;
  const [proven, sentence] = nobody ? headline(fields) : ['', ''];
  fillNobody(look, nobody, sentence);
  fillFace(look, fields, picture);
  const rows = { ...rowsOf(fields), [proven]: undefined };
  for (const field of look.querySelectorAll('[data-field]')) {
    const said = rows[field.dataset.field];
    const value = known(field.dataset.field, String(said)) ?? said;
    const target = field.querySelector('dd') ?? field;
    if (value) target.replaceChildren(...starred(value));
    else field.remove();
  }
  if (picture) look.querySelector('[data-slot="person"]').prepend(photo(picture));
  look.querySelector('[data-slot="person"]').classList.toggle('no-photo', !picture);
  const type = typeOf(fields) ?? fields.type_code;
  const end = fields.valid_to ?? fields.valid_until; // a document says it as its type does
  const until = end && say('until', end);
  look.querySelector('[data-slot="line"]').textContent = [type, until].filter(Boolean).join(' · ');
}

function fillChecks(look, checks) {
  const list = look.querySelector('[data-slot="checks"]');
  const rows = Object.fromEntries([...list.children].map((row) => [row.dataset.passed, row]));
  list.replaceChildren(...checks.map(({ name, passed, detail }) => {
    const row = rows[String(passed ?? null)].cloneNode(true);
    const tells = word('check', name)?.hasAttribute('data-tells') && detail;
    row.lastElementChild.textContent = [known('check', name) ?? name, tells].filter(Boolean).join(' ');
    return row;
  }));
  look.querySelector('[data-slot="checked"]').hidden = checks.length === 0;
}

/** The empty look of a verdict: what is its own, and what it shares with the others. */
function emptyLook(verdict) {
  const form = (name) => document.getElementById(`verdict-${name}`)?.content;
  const look = (form(verdict) ?? form('malformed')).firstElementChild.cloneNode(true);
  if (look.dataset.shows === 'fields') look.append(form('data').cloneNode(true));
  look.append(form('after').cloneNode(true));
  if (verdict !== 'valid') {
    look.querySelector('[data-slot="same"]')?.remove(); // only who is let in is compared with the photo
    look.querySelector('[data-slot="checked"]').open = true;
  }
  return look;
}

/** The look of a verdict, filled in, as a node to put on the page. */
export function paint(answer) {
  const { verdict, reasons = [], checks = [], fields = {} } = answer;
  const [screen, told] = screenOf({ ...answer, reasons, checks });
  const look = emptyLook(screen);
  // The register's photo, or the small one that a printed code carries: judged before it comes here.
  const picture = answer.photo ? Uint8Array.from(atob(answer.photo), (c) => c.charCodeAt(0)) : fields.photo && fromHex(fields.photo);
  if (look.dataset.shows === 'fields') fillData(look, { fields, photo: picture });
  fillChecks(look, checks);
  // Signed for this device alone, just now: it was not shown before, whatever the list of codes.
  const bound = answer.two_way && checks.some(({ name, passed }) => name === 'showing' && passed);
  if (!bound) look.querySelector('[data-slot="two-way"]')?.remove();
  const status = look.querySelector('[data-slot="status"]');
  if (answer.status_path) status.href = answer.status_path;
  else status?.remove();
  const list = look.querySelector('[data-slot="reasons"]');
  const sentences = reasons.filter((code) => code !== told && !(bound && code === 'replay_not_checked')).map((code) => known('reason', code)).filter(Boolean);
  list.hidden = sentences.length === 0;
  list.replaceChildren(...sentences.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
  return look;
}
