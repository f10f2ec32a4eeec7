// What this phone keeps to present off line: its key, which no script can take out, and the codes.
const NAME = 'certstore-show';

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function store(mode) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('device');
    opening.result.createObjectStore('codes');
  };
  const database = await done(opening);
  const transaction = database.transaction(['device', 'codes'], mode);
  const over = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  }).finally(() => database.close());
  return { device: transaction.objectStore('device'), codes: transaction.objectStore('codes'), over };
}

async function write(change) {
  const opened = await store('readwrite');
  change(opened);
  await opened.over;
}

/** {device: {ref, keys, kid, ahead} or undefined, codes: [{certificate, type, level, ward, name, portrait, inner, expires}]}. */
export async function kept() {
  const { device, codes, over } = await store('readonly');
  const found = await Promise.all([done(device.get('mine')), done(codes.getAll())]);
  await over;
  return { device: found[0], codes: found[1] };
}

export const keepDevice = (mine) => write(({ device }) => device.put(mine, 'mine'));
export const keepCode = (code) => write(({ codes }) => codes.put(code, code.certificate));
/** The codes; of those that are dead, photo and name are dropped for good. */
export async function withoutTheDead(codes, now) {
  for (const code of codes.filter(({ name, expires }) => name && expires <= now)) {
    await keepCode(Object.assign(code, { name: null, portrait: null }));
  }
  return codes;
}

export const dropCode = (certificate) => write(({ codes }) => codes.delete(certificate));
export const dropCodes = () => write(({ codes }) => codes.clear());
export const dropAll = () => write(({ device, codes }) => (device.clear(), codes.clear()));
