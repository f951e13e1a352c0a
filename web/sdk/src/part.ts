/** Writes a part of a recording: magic, manifest, pictures, HMAC. */

import { fromBase64Url, toBase64Url } from './bytes.js';
import { type Manifest, manifestText } from './manifest.js';

const MAGIC = 'bnfdcap1';

/** A part as it is sent, and the HMAC that the next one names. */
export interface WrittenPart {
  bytes: Uint8Array<ArrayBuffer>;
  mac: string;
}

/** The key of a challenge, for `writePart`. */
export function importKey(base64Url: string): Promise<CryptoKey> {
  const bytes = fromBase64Url(base64Url);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

/** Writes a part; `bodies` are its pictures in the manifest's order. */
export async function writePart(
  manifest: Manifest,
  bodies: readonly Uint8Array[],
  key: CryptoKey,
): Promise<WrittenPart> {
  const text = new TextEncoder().encode(manifestText(manifest));
  const head = MAGIC.length + 4;
  const sealed = bodies.reduce((sum, body) => sum + body.length, head + text.length);
  const bytes = new Uint8Array(sealed + 32);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, text.length);
  bytes.set(text, head);
  let at = head + text.length;
  for (const body of bodies) {
    bytes.set(body, at);
    at += body.length;
  }
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.subarray(0, sealed)));
  bytes.set(mac, sealed);
  return { bytes, mac: toBase64Url(mac) };
}
