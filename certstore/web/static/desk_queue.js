// The queue by keyboard: / searches, arrows move from case to case, X chooses one, N opens the next after a decision.
import { onKey } from './desk_keys.js';

const cases = [...document.querySelectorAll('a.open')];
const number = document.getElementById('number');
const next = document.querySelector('[role="status"] a.button');

function move(by) {
  const at = cases.indexOf(document.activeElement);
  const to = cases[at < 0 ? 0 : Math.min(Math.max(at + by, 0), cases.length - 1)];
  to?.focus();
}

/** Chooses the case that has the focus, if it can be approved together with others. */
function pick() {
  const box = document.activeElement.closest('tr')?.querySelector('input[name="case"]');
  if (box) box.checked = !box.checked;
}

onKey((event) => {
  if (event.key === 'ArrowDown') move(1);
  else if (event.key === 'ArrowUp') move(-1);
  else if (event.key === 'x' || event.key === 'X') pick();
  else if (event.key === '/') number.focus();
  else if (event.key === 'n' || event.key === 'N') next?.click();
  else return;
  event.preventDefault();
});
