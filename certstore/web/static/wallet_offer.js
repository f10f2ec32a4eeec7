// Takes the code and the digits away once a wallet has taken what they stand for, or they are over.
const EVERY = 2000;
const offer = document.getElementById('offer');

async function ask() {
  const headers = { Accept: 'application/json' };
  const answer = document.hidden ? null : await fetch(offer.dataset.href, { headers, cache: 'no-store' }).catch(() => null);
  if (answer?.status === 401) return location.assign('/wallet-copies'); // signs in first
  const { standing } = answer?.ok ? await answer.json() : { standing: 'open' };
  if (standing === 'open') return setTimeout(ask, EVERY);
  offer.remove();
  return document.getElementById('ended').replaceChildren(document.getElementById(standing).content.cloneNode(true));
}

setTimeout(ask, EVERY);
