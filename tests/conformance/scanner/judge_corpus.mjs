// Judges a corpus of codes with the scanner page's own modules: in node (the corpus on standard
// input) and, imported, in a browser. Prints each case's answers as JSON.
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** The answers to every case; `load(name)` gives a module of the scanner. */
export async function judgeCorpus(corpus, load) {
  const [{ judgeCode }, { readTrustList }, { holdLists, readStatusList }, { importSpki }, { ShownCodes }, { readSignedOut }] = await Promise.all(['judge', 'trust_list', 'status_list', 'public_keys', 'shown_codes', 'signed_out_devices'].map(load));
  const root = await importSpki(bytes(corpus.root));
  const answers = [];
  for (const { text, now, trust: named, lists: numbers, nonce, memory, devices: phones } of corpus.cases) {
    const trust = await readTrustList(corpus.trust[named], root);
    const lists = holdLists(await Promise.all(numbers.map((name) => readStatusList(bytes(corpus.lists[name]), trust))));
    const seen = memory ? new ShownCodes().bound(now) : null;
    const devices = phones && (await readSignedOut(corpus.devices[phones], trust));
    const facts = { trust, lists, devices, now, seen, nonce: nonce === null ? null : Uint8Array.from(nonce.match(/../g), (pair) => parseInt(pair, 16)) };
    const said = [];
    for (let time = 0; time < (memory ? 2 : 1); time += 1) said.push(await judgeCode(text, facts));
    answers.push(said);
  }
  return answers;
}

if (typeof process !== 'undefined' && process.argv[1] === new URL(import.meta.url).pathname) {
  const { readFileSync } = await import('node:fs');
  const corpus = JSON.parse(readFileSync(0, 'utf8'));
  const load = (name) => import(new URL(`../../../certstore/web/static/scanner/${name}.js`, import.meta.url));
  process.stdout.write(JSON.stringify(await judgeCorpus(corpus, load)));
}
