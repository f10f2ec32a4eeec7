// What stays on this device between two visits: signed lists, digests of codes already shown, the
// history (time, verdict, place; never a person), scans not yet told to the service. IndexedDB, or
// memory alone where the browser allows none.
const NAME = 'certstore-scanner';
const STORES = ['held', 'shown', 'history', 'untold'];
const memory = new Map(STORES.map((store) => [store, new Map()]));
let opening = null;

function opened() {
  opening ??= new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return void resolve(null);
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  }).catch(() => null);
  return opening;
}

async function inStore(store, mode, act) {
  const database = await opened();
  if (!database) return null;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve([request?.result]);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export async function get(store, key) {
  const found = await inStore(store, 'readonly', (s) => s.get(key));
  return found ? found[0] : memory.get(store).get(key);
}

export async function put(store, key, value) {
  if (!(await inStore(store, 'readwrite', (s) => s.put(value, key)))) memory.get(store).set(key, value);
}

export async function drop(store, key) {
  if (!(await inStore(store, 'readwrite', (s) => s.delete(key)))) memory.get(store).delete(key);
}

export async function empty(store) {
  if (!(await inStore(store, 'readwrite', (s) => s.clear()))) memory.get(store).clear();
}

/** Everything of a store as [key, value], by key. */
export async function all(store) {
  const database = await opened();
  if (!database) return [...memory.get(store)].sort();
  const [keys] = await inStore(store, 'readonly', (s) => s.getAllKeys());
  const [values] = await inStore(store, 'readonly', (s) => s.getAll());
  return keys.map((key, i) => [key, values[i]]).filter(([, value]) => value !== undefined);
}
