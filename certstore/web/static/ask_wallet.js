// Asks whether the wallet has answered, and opens the outcome as soon as it has; takes what it shows
// off the screen after 30 seconds. Without this, buttons do the same.
const PAUSE = 2000;
const SHOWN = 30000;
const wallet = document.querySelector('#wallet');
const outcome = document.querySelector('#outcome');

async function ask() {
  const answer = await fetch(wallet.dataset.href, { cache: 'no-store' }).catch(() => null);
  const { standing } = answer?.ok ? await answer.json() : {};
  if (standing === 'answered') document.querySelector('#look').requestSubmit();
  else if (answer?.status === 404 || standing === 'over') location.reload();
  else setTimeout(ask, PAUSE);
}

if (wallet?.dataset.standing === 'waiting') setTimeout(ask, PAUSE);
if (outcome?.querySelector('[data-slot="data"]:not([hidden])')) {
  setTimeout(() => outcome.replaceChildren(document.querySelector('#cleared').content), SHOWN);
}
