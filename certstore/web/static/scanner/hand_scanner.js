// A hand scanner types a code into the page within a moment and ends with Enter: taken anywhere on
// the page, whatever has the focus. Its keys may come through an input method or a stuck Caps Lock.
const LIKE_A_CODE = /^RP[DHN]?1:.{20,}$/;
const PAUSE = 250; // ms; a person types slower than any hand scanner
const LONGEST = 2200;
const SHIFTED = { Digit4: '$', Digit5: '%', Digit8: '*', Equal: '+', Semicolon: ':' };
const PLAIN = { Space: ' ', Minus: '-', Period: '.', Slash: '/', NumpadMultiply: '*', NumpadAdd: '+', NumpadSubtract: '-', NumpadDecimal: '.', NumpadDivide: '/' };

/** What was typed, in the capitals and half-width signs that codes are spelled with. */
export function repaired(text) {
  return text.normalize('NFKC').trim().toUpperCase();
}

/** The sign of a key, by its place on the keyboard where an input method swallowed the letter. */
function signOf(event) {
  if (event.key.length === 1) return event.key;
  if (event.key !== 'Process' && event.key !== 'Unidentified') return '';
  if (event.shiftKey && SHIFTED[event.code]) return SHIFTED[event.code];
  return PLAIN[event.code] ?? /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1] ?? '';
}

/** Calls `take` with each code typed at a machine's pace; typing into a field is left alone. */
export function listen(take) {
  let typed = '';
  let last = 0;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.('input, textarea, select')) return;
    if (event.timeStamp - last > PAUSE) typed = '';
    last = event.timeStamp;
    if (event.key === 'Enter' || event.key === 'Tab') {
      const code = repaired(typed);
      typed = '';
      if (!LIKE_A_CODE.test(code)) return;
      event.preventDefault();
      event.stopPropagation();
      take(code);
      return;
    }
    const sign = signOf(event);
    if (!sign) return;
    typed = (typed + sign).slice(-LONGEST);
    // A blank scrolls the page and a slash opens the browser's search, in the middle of a code.
    if (/^RP/i.test(typed) && typed.length > 2) event.preventDefault();
  }, true);
}
