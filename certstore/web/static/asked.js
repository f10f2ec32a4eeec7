// Waits for the holder's answer, and fetches it as soon as it is there, once; takes what it shows
// off the screen after 30 seconds.
const EVERY = 2000;
const SHOWN = 30000;
const form = document.getElementById('collect');
const outcome = document.getElementById('outcome');

async function ask() {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch('/scan/ask/state', { method: 'POST', body, cache: 'no-store' }).catch(() => null);
  if (answer?.status === 404) return form.submit();
  const { state } = answer?.ok ? await answer.json() : { state: 'waiting' };
  return state === 'waiting' ? setTimeout(ask, EVERY) : form.submit();
}

if (form) setTimeout(ask, EVERY);
if (outcome) setTimeout(() => outcome.replaceChildren(document.getElementById('cleared').content), SHOWN);
