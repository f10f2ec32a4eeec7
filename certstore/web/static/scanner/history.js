// What was scanned on this device: time, verdict and place. Never a person, never a certificate.
import { all, drop, empty, put } from './keeping.js';

const MOST = 500;

/** Notes a scan; the receipt (signed by the service, without personal data) if there is one. */
export async function note({ verdict, off_line: offLine = false, receipt = null }, place) {
  const now = new Date().toISOString();
  await put('history', `${now}-${crypto.randomUUID().slice(0, 8)}`, { at: now, verdict, place, off_line: offLine, receipt });
  const kept = await all('history');
  for (const [key] of kept.slice(0, Math.max(0, kept.length - MOST))) await drop('history', key);
}

/** The latest first. */
export const entries = async () => (await all('history')).map(([, entry]) => entry).reverse();
export const forgetAll = () => empty('history');
