// Shows what was scanned on this device, hands out receipts, and forgets all when told to.
import './scanner/dress.js';
import { entries, forgetAll } from './scanner/history.js';

const at = (id) => document.getElementById(id);
const words = document.getElementById('words').content;
const word = (verdict) => words.querySelector(`[data-verdict="${CSS.escape(verdict)}"]`)?.textContent ?? verdict;

function line({ at: moment, verdict, place, off_line: offLine, receipt }) {
  const row = at('entry').content.firstElementChild.cloneNode(true);
  const slot = (name) => row.querySelector(`[data-slot="${name}"]`);
  const when = new Date(moment);
  slot('time').textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' }).format(when);
  slot('time').dateTime = moment;
  slot('verdict').textContent = word(verdict);
  slot('place').textContent = place;
  slot('off-line').hidden = !offLine;
  if (receipt) {
    slot('receipt').href = URL.createObjectURL(new Blob([receipt], { type: 'application/jwt' }));
    slot('receipt').download = `receipt-${moment.slice(0, 19).replace(/[-:]/g, '')}.jwt`;
  } else slot('receipt').remove();
  return row;
}

async function show() {
  const kept = await entries();
  at('entries').replaceChildren(...kept.map(line));
  at('none').hidden = kept.length > 0;
  at('empty').hidden = kept.length === 0;
}

at('empty').addEventListener('click', async () => {
  await forgetAll();
  await show();
  at('none').focus();
});
show();
