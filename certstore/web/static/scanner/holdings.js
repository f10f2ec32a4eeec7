// What this device holds to judge without a network: the trust list, the status lists of the whole
// city and the list of signed-out devices, each verified before it is kept and again when read.
import { hex } from './bytes.js';
import { importSpki } from './public_keys.js';
import { all, drop, get, put } from './keeping.js';
import { readSignedOut } from './signed_out_devices.js';
import { holdLists, readStatusList } from './status_list.js';
import { readTrustList } from './trust_list.js';

const TRUST = '/.well-known/certstore-trust-list';
const DEVICES = '/.well-known/certstore-signed-out-devices';
const INDEX = '/.well-known/certstore-status-lists';
const PATIENCE = 20000; // ms for one answer
const MOST_LISTS = 500;
const MOST_BYTES = 4 * 1024 * 1024;

async function fetched(path, accept) {
  const answer = await fetch(path, { headers: { Accept: accept }, cache: 'no-cache', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  const body = new Uint8Array(await answer.arrayBuffer());
  if (body.length > MOST_BYTES) throw new Error('too large');
  return body;
}

const latin = (bytes) => new TextDecoder('latin1').decode(bytes);

/** The lists this device holds; `root` is the pinned root's SubjectPublicKeyInfo (DER). */
export class Holdings {
  trust = null;

  devices = null;

  #root;

  #known; // under which name the highest number of this root's lists is kept

  #lists = new Map(); // path → list

  constructor(root) {
    this.#root = importSpki(root);
    this.#known = `seq ${hex(root)}`;
  }

  /** Reads what was kept; what no longer verifies is left aside. */
  async load() {
    const jws = await get('held', 'trust');
    if (jws) await this.#takeTrust(jws).catch(() => null);
    if (this.trust) await this.#readKept();
    return this;
  }

  /** Verifies anew, by the trust list that holds now, what it may have revoked the key of. */
  async #readKept() {
    const kept = new Map(await all('held'));
    this.#lists.clear();
    this.devices = null;
    if (kept.has('devices')) await this.#takeDevices(kept.get('devices')).catch(() => null);
    await Promise.all([...kept].filter(([key]) => key.startsWith('/')).map(([path, token]) => this.#takeList(path, token).catch(() => null)));
  }

  /** Fetches what is newer; what cannot be fetched stays as it is. Throws if nothing answers. */
  async refresh() {
    const jws = latin(await fetched(TRUST, 'application/jwt'));
    const before = this.trust?.seq;
    if (await this.#takeTrust(jws)) {
      await put('held', 'trust', jws);
      if (this.trust.seq !== before) await this.#readKept();
    }
    await this.#refreshDevices();
    const { status_lists: uris } = JSON.parse(latin(await fetched(INDEX, 'application/json')));
    const paths = uris.slice(0, MOST_LISTS).map((uri) => new URL(uri, location.origin).pathname);
    for (const path of paths) await this.#refreshList(path);
    for (const path of [...this.#lists.keys()].filter((held) => !paths.includes(held))) {
      this.#lists.delete(path);
      await drop('held', path);
    }
  }

  async #refreshDevices() {
    try {
      const jws = latin(await fetched(DEVICES, 'application/jwt'));
      if (await this.#takeDevices(jws)) await put('held', 'devices', jws);
    } catch {
      // Without it the step is undecided, and says so.
    }
  }

  async #takeDevices(jws) {
    const list = await readSignedOut(jws, this.trust);
    if (list.issuedAt < (this.devices?.issuedAt ?? 0)) return false;
    this.devices = list;
    return true;
  }

  async #refreshList(path) {
    try {
      const token = await fetched(path, 'application/statuslist+cwt');
      if (await this.#takeList(path, token)) await put('held', path, token);
    } catch {
      // The list held so far stays, and is stale when its time has come.
    }
  }

  async #takeTrust(jws) {
    const list = await readTrustList(jws, await this.#root);
    const known = (await get('held', this.#known)) ?? 0;
    if (list.seq < Math.max(known, this.trust?.seq ?? 0)) return false; // an older list may lack a revocation
    await put('held', this.#known, list.seq);
    this.trust = list;
    return true;
  }

  async #takeList(path, token) {
    const list = await readStatusList(token, this.trust);
    if (list.issuedAt < (this.#lists.get(path)?.issuedAt ?? 0)) return false;
    this.#lists.set(path, list);
    return true;
  }

  /** Whether a code can be judged at all. */
  get ready() {
    return this.trust !== null && this.#lists.size > 0;
  }

  /** When the newest of what is held was made (Unix seconds): it is later than that now. */
  get newest() {
    return Math.max(...[this.trust, this.devices, ...this.#lists.values()].map((list) => list?.issuedAt ?? 0));
  }

  /** Seconds since the oldest list was made; null without any. */
  age(now) {
    return this.#lists.size ? Math.max(0, now - Math.min(...[...this.#lists.values()].map((list) => list.issuedAt))) : null;
  }

  /** Whether some list speaks no longer. */
  stale(now) {
    return !this.ready || [...this.#lists.values()].some((list) => now > list.until);
  }

  /** What judgeCode wants of this device. */
  get facts() {
    return { trust: this.trust, devices: this.devices, lists: holdLists(this.#lists.values()) };
  }
}
