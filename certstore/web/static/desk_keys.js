// Single keys of the officers' desk: they can be turned off (WCAG 2.1.4), and stay so on this machine.
const KEPT = 'desk-keys';
const list = document.getElementById('keys');
const choice = document.getElementById('keys-on');

function kept() {
  try { return localStorage.getItem(KEPT) !== 'off'; } catch { return true; }
}

/** Whether what has the focus takes letters. */
export const writing = (target) => target.matches('textarea, select, input:not([type="radio"]):not([type="checkbox"])');

/** Calls back for a single key pressed outside of fields, unless keys are turned off. */
export function onKey(act) {
  document.addEventListener('keydown', (event) => {
    if (!choice.checked || writing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === '?') {
      list.open = !list.open;
      if (list.open) list.querySelector('summary').focus();
    } else act(event);
  });
}

choice.checked = kept();
choice.addEventListener('change', () => {
  try { localStorage.setItem(KEPT, choice.checked ? 'on' : 'off'); } catch { /* private windows keep nothing */ }
});
