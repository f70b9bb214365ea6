/**
 * NexusHub's sealed columns: AES-256-GCM under PEER_KEY_ENCRYPTION_KEY, with the column's own name as additional
 * data, so that a value moved to another column does not open. Stored are 12 bytes of nonce, the ciphertext, 16
 * bytes of tag. No error here quotes a key, a plaintext or a ciphertext, nor carries a cause that could.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  randomBytes,
} from "node:crypto";
import { MismatchError, UsageError } from "../../errors.ts";

/** Name of the environment variable that holds the key. */
export const KEY_VARIABLE = "PEER_KEY_ENCRYPTION_KEY";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Each sealed column, its table and what the plaintext is. */
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

/** `wg_peers.private_key` and its like: the additional data under which a value is sealed. */
export type SealedColumn = (typeof SEALED_COLUMNS)[number]["name"];

/**
 * Reads a key as the environment holds it.
 * @throws UsageError when it is not standard base64 of exactly 32 bytes; the message says in which way.
 */
export function parseKey(base64: string): Buffer {
  const text = base64.trim();
  const bytes = Buffer.from(text, "base64");
  const hint = "it is made by: openssl rand -base64 32";
  // Node skips what is not base64 and takes the URL alphabet too; what comes back must be what was given.
  if (text === "") throw new UsageError(`${KEY_VARIABLE} is empty`, { hint });
  if (bytes.toString("base64") !== text) {
    throw new UsageError(`${KEY_VARIABLE} is not standard base64`, { hint });
  }
  if (bytes.length !== KEY_BYTES) {
    throw new UsageError(`${KEY_VARIABLE} holds ${bytes.length} bytes, ${KEY_BYTES} are needed`, {
      hint,
    });
  }
  return bytes;
}

/** Seals a value for one column. A nonce is given only for contents that must come out the same each time. */
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
 * Opens a column's value.
 * @throws MismatchError when it does not open: another key, another column's value, or a changed one.
 */
export function open(column: SealedColumn, key: Uint8Array, bytes: Uint8Array): Buffer {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new MismatchError(`a value of ${bytes.length} bytes is too short to be a sealed one`, {
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
      hint: `check that ${KEY_VARIABLE} is the one that the database was written with`,
    });
  }
}

/** What stands before the 32 raw bytes in a PKCS #8 private key for X25519 (RFC 8410, section 7). */
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");

/**
 * The X25519 public key of a raw private key, in base64 as WireGuard writes it.
 * @throws MismatchError when the private key has not 32 bytes.
 */
export function publicKeyOf(rawPrivate: Uint8Array): string {
  if (rawPrivate.length !== KEY_BYTES) {
    throw new MismatchError(`a private key has ${rawPrivate.length} bytes instead of ${KEY_BYTES}`);
  }
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_X25519, rawPrivate]),
    format: "der",
    type: "pkcs8",
  });
  // The raw key is the end of its DER form.
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return der.subarray(-KEY_BYTES).toString("base64");
}
