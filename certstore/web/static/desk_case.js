// The officer's keys, and what the applicant will read, shown while it is being chosen.
import { onKey } from './desk_keys.js';

const form = document.getElementById('decide');
const confirming = document.getElementById('confirm');
const answers = [...document.querySelectorAll('.answers input')];
const prepared = [...document.querySelectorAll('#reads [data-reads]')];

function preview() {
  const decision = form.elements.decision.value;
  const wanted = prepared.some((words) => words.dataset.reads === decision) ? decision : '';
  // As the desk keeps it: white space joined into single spaces.
  const sentence = form.elements.sentence.value.split(/\s+/u).filter(Boolean).join(' ');
  const [reasons, asked] = [new FormData(form).getAll('reason'), new FormData(form).getAll('ask')];
  for (const words of prepared) {
    for (const said of words.querySelectorAll('[data-reason]')) said.hidden = !reasons.includes(said.dataset.reason);
    for (const said of words.querySelectorAll('[data-ask]')) said.hidden = !asked.includes(said.dataset.ask);
    words.hidden = words.dataset.reads !== wanted;
    for (const place of words.querySelectorAll('[data-sentence]')) place.textContent = sentence;
  }
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey) (form ?? confirming)?.requestSubmit();
});
onKey((event) => {
  const chosen = { a: 'approve', r: 'refuse' }[event.key.toLowerCase()];
  const decision = chosen && form?.querySelector(`input[name="decision"][value="${chosen}"]`);
  if (decision) {
    decision.click();
    decision.focus();
    return;
  }
  const judged = /^[1-9]$/u.test(event.key) && answers[Number(event.key) - 1];
  if (!judged) return;
  judged.checked = true;
  judged.focus();
});
form?.addEventListener('input', preview);
if (form) preview();
