// The officer's keys, and what the applicant will read, shown while it is being chosen.
import { onKey } from './desk_keys.js';

const form = document.getElementById('decide');
const answers = [...document.querySelectorAll('.answers input')];
const prepared = [...document.querySelectorAll('#reads [data-reads]')];

/** Which of the prepared words stand for what is chosen now. */
function chosen() {
  const decision = form.elements.decision.value;
  if (decision === 'ask') return `ask ${form.elements.ask?.value ?? ''}`;
  if (decision === 'refuse') return `refuse ${form.elements.reason.value}`;
  return decision;
}

function preview() {
  const wanted = prepared.some((words) => words.dataset.reads === chosen()) ? chosen() : '';
  // As the desk keeps it: white space joined into single spaces.
  const sentence = form.elements.sentence.value.split(/\s+/u).filter(Boolean).join(' ');
  for (const words of prepared) {
    words.hidden = words.dataset.reads !== wanted;
    for (const place of words.querySelectorAll('[data-sentence]')) place.textContent = sentence;
  }
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey) form.requestSubmit();
});
onKey((event) => {
  const judged = /^[1-9]$/u.test(event.key) && answers[Number(event.key) - 1];
  if (!judged) return;
  judged.checked = true;
  judged.focus();
});
form.addEventListener('input', preview);
preview();
