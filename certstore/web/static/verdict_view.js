// Fills in the look of a verdict that came with the page. Texts stand in the page, not here, and
// whatever a code says goes in as text, never as markup.
const words = document.getElementById('words').content;
export const say = (name, value = '') => words.querySelector(`[data-say="${name}"]`).textContent.replace('%s', value);
const word = (kind, name) => words.querySelector(`[data-${kind}="${CSS.escape(name)}"]`);
const known = (kind, name) => word(kind, name)?.textContent;

/** Text whose asterisks read as hidden. */
function starred(text) {
  return String(text).split(/(\*+)/).flatMap((piece) => {
    if (!piece.startsWith('*')) return piece;
    const mask = Object.assign(document.createElement('span'), { className: 'mask', textContent: piece });
    mask.setAttribute('aria-hidden', 'true');
    return [mask, Object.assign(document.createElement('span'), { className: 'vh', textContent: say('hidden') })];
  });
}

function photo(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const picture = new Image(96, 118);
  picture.className = 'portrait';
  picture.alt = say('photo');
  picture.src = URL.createObjectURL(new Blob([bytes]));
  picture.onload = () => URL.revokeObjectURL(picture.src);
  return picture;
}

function fillData(look, { fields, photo: picture }) {
  look.querySelector('[data-slot="data"]').hidden = Object.keys(fields).length === 0;
  for (const field of look.querySelectorAll('[data-field]')) {
    const said = fields[field.dataset.field];
    const value = known(field.dataset.field, String(said)) ?? said;
    const target = field.querySelector('dd') ?? field;
    if (value) target.replaceChildren(...starred(value));
    else field.remove();
  }
  if (picture) look.querySelector('[data-slot="person"]').prepend(photo(picture));
  look.querySelector('[data-slot="person"]').classList.toggle('no-photo', !picture);
  const type = known('type', String(fields.type)) ?? fields.type_code;
  const until = fields.valid_to && say('until', fields.valid_to);
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

/** The look of a verdict, filled in, as a node to put on the page. */
export function paint(answer) {
  const { verdict, reasons = [], checks = [], fields = {} } = answer;
  const form = document.getElementById(`verdict-${verdict}`) ?? document.getElementById('verdict-malformed');
  const look = form.content.firstElementChild.cloneNode(true);
  if (look.dataset.shows === 'fields') fillData(look, { ...answer, fields });
  fillChecks(look, checks);
  const list = look.querySelector('[data-slot="reasons"]');
  const sentences = reasons.map((code) => known('reason', code)).filter(Boolean);
  list.hidden = sentences.length === 0;
  list.replaceChildren(...sentences.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
  return look;
}
