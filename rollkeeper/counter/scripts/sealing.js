// SPDX-License-Identifier: EUPL-1.2
// Seals what a clerk took down to the register's public half: HPKE in base mode, MLKEM768-X25519 (X-Wing), HKDF-SHA256,
// AES-256-GCM. The bytes are drawn in rollkeeper/vault/__init__.py; a test opens with Python what is sealed here.
// Bundled by `npm run build`, since a page may load nothing from elsewhere and knows no package names.
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const PADDED_TO_BYTES = 4096;
const bytes = (text) => new TextEncoder().encode(text);

/** Return the envelope of a text, bound to its ticket (a UUID) and its submission key. */
export async function seal(clear, { half, key, ticket, submissionKey }) {
  const head = new Uint8Array([1, 2, key >>> 24, key >>> 16, key >>> 8, key]);
  const info = joined(head, bytes("rollkeeper/capture\0"), uuid(ticket), bytes(submissionKey));
  const recipientPublicKey = await suite.kem.deserializePublicKey(half);
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  const padded = filledUp(bytes(clear));
  const sealed = new Uint8Array(await sender.seal(padded));
  padded.fill(0);
  return joined(head, new Uint8Array(sender.enc), sealed);
}

function filledUp(value) {
  const whole = new Uint8Array(Math.ceil((value.length + 1) / PADDED_TO_BYTES) * PADDED_TO_BYTES);
  whole.set(value);
  whole[value.length] = 0x80;
  value.fill(0);
  return whole;
}

function uuid(text) {
  return Uint8Array.from(text.replaceAll("-", "").match(/../g), (pair) => Number.parseInt(pair, 16));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
