// Asks again whether what the page waits for has come, and shows the page anew only when it differs.
const seconds = Number(document.querySelector('meta[name="reload-after"]').content);
const heading = document.querySelector('h1').textContent;

async function ask() {
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  const text = answer?.ok ? await answer.text() : '';
  const [, now] = /<h1[^>]*>([^<]*)/.exec(text) ?? [];
  if (answer?.redirected || (now !== undefined && now.trim() !== heading.trim())) location.reload();
  else setTimeout(ask, seconds * 1000);
}
setTimeout(ask, seconds * 1000);
