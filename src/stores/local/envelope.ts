import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

import { ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';

/** The key-encryption key and the short name that rows carry of it. */
export interface WrappingKey {
  readonly id: string;
  readonly bytes: Buffer;
}

const FORMAT = 1;
const KEY = 32;
const IV = 12;
const TAG = 16;

/**
 * Seals a value for one name and version: AES-256-GCM under a fresh data key, which is itself
 * sealed under the wrapping key. Name and version are authenticated, so that a row copied over
 * another one does not open.
 */
export function seal(key: WrappingKey, name: string, version: number, secret: Secret): string {
  const about = binding(name, version);
  const dataKey = randomBytes(KEY);
  const wrapped = encrypt(key.bytes, dataKey, about);
  const sealed = encrypt(dataKey, Buffer.from(secret.reveal(), 'utf8'), about);
  dataKey.fill(0);
  return Buffer.concat([Buffer.of(FORMAT), wrapped, sealed]).toString('base64');
}

/** @throws ProductError `invalid-config` when the value does not open: never returns garbage. */
export function unseal(key: WrappingKey, name: string, version: number, text: string): Secret {
  const about = binding(name, version);
  const bytes = Buffer.from(text, 'base64');
  try {
    if (bytes[0] !== FORMAT) throw new Error('unknown format');
    const end = 1 + IV + TAG + KEY;
    const dataKey = decrypt(key.bytes, bytes.subarray(1, end), about);
    const value = decrypt(dataKey, bytes.subarray(end), about);
    dataKey.fill(0);
    return new Secret(value.toString('utf8'));
  } catch (cause) {
    const message = `The stored value of ${name} does not open with the key file: one of the two was changed. Restore the key file or the database from the same backup.`;
    throw new ProductError('invalid-config', { subject: name, message, cause });
  }
}

/** Names a key without giving anything of it away. */
export function keyId(bytes: Buffer): string {
  return createHash('sha256').update('local-store-key').update(bytes).digest('hex').slice(0, 16);
}

function binding(name: string, version: number): Buffer {
  return Buffer.from(JSON.stringify([name, version]), 'utf8');
}

/** iv, tag, ciphertext. */
function encrypt(key: Buffer, plain: Buffer, about: Buffer): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG }).setAAD(about);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function decrypt(key: Buffer, bytes: Buffer, about: Buffer): Buffer {
  const iv = bytes.subarray(0, IV);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG })
    .setAAD(about)
    .setAuthTag(bytes.subarray(IV, IV + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]);
}
