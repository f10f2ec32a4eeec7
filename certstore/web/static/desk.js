// The officer's keys, and the sentence the citizen will read, shown while it is being chosen.
const form = document.getElementById('decide');
const answers = [...document.querySelectorAll('.answers input')];
const sentences = [...document.querySelectorAll('#reads [data-reads]')];
const own = document.getElementById('reads-sentence');

/** Which of the prepared sentences stands for what is chosen now. */
function chosen() {
  const decision = form.elements.decision.value;
  if (decision === 'ask') return `ask ${form.elements.ask?.value ?? ''}`;
  if (decision === 'refuse') return `refuse ${form.elements.reason.value}`;
  return decision;
}

function preview() {
  const wanted = sentences.some((line) => line.dataset.reads === chosen()) ? chosen() : '';
  for (const line of sentences) line.hidden = line.dataset.reads !== wanted;
  own.textContent = form.elements.sentence.value;
}

const writing = (target) => target.matches('textarea, select, input:not([type="radio"])');

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey) form.requestSubmit();
  const judged = /^[1-9]$/.test(event.key) && answers[Number(event.key) - 1];
  if (!judged || writing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
  judged.checked = true;
  judged.focus();
});
form.addEventListener('input', preview);
preview();
