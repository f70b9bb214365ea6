/**
 * Values of NexusHub's sealed columns: AES-256-GCM under the sealing key, with the column's name as additional data, so
 * that a value moved to another column does not open. Stored bytes: 12 of nonce, the ciphertext, 16 of tag. No error
 * here quotes a key, a plaintext or a ciphertext, nor has a cause that could.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { MismatchError } from "../../errors.ts";
import { KEY_VARIABLE } from "./sealing-key.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Every sealed column, and the kind of its plaintext. */
export const SEALED_COLUMNS = [
  { name: "users.totp_secret", table: "users", column: "totp_secret", holds: "totp" },
  {
    name: "wg_interfaces.private_key",
    table: "wg_interfaces",
    column: "private_key",
    holds: "private-key",
  },
  { name: "wg_peers.private_key", table: "wg_peers", column: "private_key", holds: "private-key" },
  {
    name: "wg_peer_preshared_keys.preshared_key",
    table: "wg_peer_preshared_keys",
    column: "preshared_key",
    holds: "preshared-key",
  },
] as const;

/** A column as `table.column`; also the additional data under which its values are sealed. */
export type SealedColumn = (typeof SEALED_COLUMNS)[number]["name"];

/** Seals a value for a column. Pass a nonce only for contents that must be the same every time, such as demo data. */
export function seal(
  column: SealedColumn,
  key: Uint8Array,
  plaintext: Uint8Array,
  nonce: Uint8Array = randomBytes(NONCE_BYTES),
): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(column));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens a value of a column.
 * @throws MismatchError when it does not open: the key is another one, or the value was changed or belongs to another column.
 */
export function open(column: SealedColumn, key: Uint8Array, bytes: Uint8Array): Buffer {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new MismatchError(`a value of ${bytes.length} bytes is too short to be sealed`, {
      object: column,
    });
  }
  const end = bytes.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(column))
      .setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch {
    throw new MismatchError(`a sealed value of ${column} does not open with this key`, {
      object: column,
      hint: `check that ${KEY_VARIABLE} is the key that NexusHub ran with when it wrote the value`,
    });
  }
}
