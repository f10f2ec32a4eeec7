// Which lists the scanner page's readers take: the cases on standard input, true or false for each.
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** Whether each list is read; what is refused otherwise than by a Refusal is told by its name. */
export async function readLists({ root, trust, good, status, devices }, load) {
  const [{ readTrustList }, { readStatusList }, { readSignedOut }, { importSpki }, { Refusal }] = await Promise.all(['trust_list', 'status_list', 'signed_out_devices', 'public_keys', 'refusal'].map(load));
  const key = await importSpki(bytes(root));
  const held = await readTrustList(good, key);
  const taken = async (items, read) => {
    const said = [];
    for (const item of items) said.push(await read(item).then(() => true, (error) => (error instanceof Refusal ? false : String(error))));
    return said;
  };
  return {
    trust: await taken(trust, (jws) => readTrustList(jws, key)),
    status: await taken(status, (token) => readStatusList(bytes(token), held)),
    devices: await taken(devices, (jws) => readSignedOut(jws, held)),
  };
}

if (typeof process !== 'undefined' && process.argv[1] === new URL(import.meta.url).pathname) {
  const { readFileSync } = await import('node:fs');
  const load = (name) => import(new URL(`../../../certstore/web/static/scanner/${name}.js`, import.meta.url));
  process.stdout.write(JSON.stringify(await readLists(JSON.parse(readFileSync(0, 'utf8')), load)));
}
