/**
 * Ed25519 keys as `ssh-keygen -t ed25519` and `openssl genpkey -algorithm ed25519` write them. Only the container is read
 * here; the arithmetic is Node's. OpenSSH's private key format is described in its PROTOCOL.key, the public one in
 * RFC 8709. A private key under a passphrase needs bcrypt, which Node does not have, so it is refused.
 */
import type * as Crypto from "node:crypto";
import { UsageError } from "../../errors.ts";

/** Loaded when a key is read: it takes a tenth of the time that Node takes to start, and few programs sign. */
function crypto(): typeof Crypto {
  return process.getBuiltinModule("node:crypto");
}

const ALGORITHM = "ssh-ed25519";
const MAGIC = "openssh-key-v1\0";
const KEY_BYTES = 32;
/** No key file is larger; what is larger is something else. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/** A public key that can verify signatures; from `readVerifyKeys`. */
export interface VerifyKey {
  /** The first 8 bytes of the SHA-256 of the raw public key, in hex. */
  readonly id: string;
  readonly key: Crypto.KeyObject;
}

/** A private key that can sign archives, with its public half; from `readSignKey`. */
export interface SignKey extends VerifyKey {
  readonly privateKey: Crypto.KeyObject;
}

/**
 * Reads a private key: OpenSSH's format or PKCS #8 in PEM, without a passphrase.
 * @param text the contents of the key file.
 * @throws UsageError only when it is not such a key; the error never quotes the text.
 */
export function readSignKey(text: string): SignKey {
  refuseLarge(text);
  if (text.includes("BEGIN OPENSSH PRIVATE KEY")) return openSshPrivateKey(text);
  try {
    const privateKey = crypto().createPrivateKey(text);
    if (privateKey.asymmetricKeyType === "ed25519") return withPublicKey(privateKey);
  } catch {
    // The cause would quote nothing, and helps nobody either.
  }
  throw new UsageError("the signing key is not an Ed25519 private key without a passphrase", {
    hint: "make one with: ssh-keygen -t ed25519 -N '' -f backup-signing-key",
  });
}

/**
 * Reads public keys: lines as in OpenSSH's `.pub` and `authorized_keys` files, or one key in PEM.
 * @param text the contents of the key file, or one such line.
 * @throws UsageError only when there is no Ed25519 public key in it.
 */
export function readVerifyKeys(text: string): readonly VerifyKey[] {
  refuseLarge(text);
  if (text.includes("BEGIN PUBLIC KEY")) return [pemPublicKey(text)];
  const keys = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(openSshPublicKey);
  if (keys.length === 0) throw notAPublicKey();
  return keys;
}

function refuseLarge(text: string): void {
  if (typeof text !== "string") throw new UsageError("the key is not the text of a key file");
  if (text.length > MAX_KEY_FILE_BYTES) throw new UsageError("the key file is too large to be one");
}

function notAPublicKey(): UsageError {
  return new UsageError("the verification key is not an Ed25519 public key", {
    hint: "give the .pub file that ssh-keygen -t ed25519 wrote",
  });
}

function pemPublicKey(text: string): VerifyKey {
  let key: Crypto.KeyObject;
  try {
    key = crypto().createPublicKey(text);
  } catch {
    throw notAPublicKey();
  }
  if (key.asymmetricKeyType !== "ed25519") throw notAPublicKey();
  return { id: keyIdOf(key), key };
}

function openSshPublicKey(line: string): VerifyKey {
  // Options may stand before the algorithm, as in authorized_keys.
  const fields = line.split(/\s+/);
  const blob = fields[fields.indexOf(ALGORITHM) + 1];
  if (!fields.includes(ALGORITHM) || blob === undefined) throw notAPublicKey();
  const reader = new WireReader(Buffer.from(blob, "base64"), notAPublicKey);
  if (reader.text() !== ALGORITHM) throw notAPublicKey();
  return publicKeyOf(reader.bytes(KEY_BYTES));
}

function publicKeyOf(raw: Buffer): VerifyKey {
  const x = raw.toString("base64url");
  const key = crypto().createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return { id: keyIdOf(key), key };
}

function withPublicKey(privateKey: Crypto.KeyObject): SignKey {
  const key = crypto().createPublicKey(privateKey);
  return { id: keyIdOf(key), key, privateKey };
}

function keyIdOf(key: Crypto.KeyObject): string {
  const raw = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
  return crypto().createHash("sha256").update(raw).digest("hex").slice(0, 16);
}

function openSshPrivateKey(text: string): SignKey {
  const damaged = (): UsageError => new UsageError("the signing key file is damaged");
  const body = text.replace(/-----(?:BEGIN|END) OPENSSH PRIVATE KEY-----/g, "");
  const file = Buffer.from(body, "base64");
  if (file.toString("latin1", 0, MAGIC.length) !== MAGIC) throw damaged();
  const reader = new WireReader(file.subarray(MAGIC.length), damaged);
  const cipher = reader.text();
  if (cipher !== "none") {
    throw new UsageError(
      "the signing key is protected by a passphrase, which cannot be used here",
      {
        hint: "make a key of its own for backups: ssh-keygen -t ed25519 -N '' -f backup-signing-key",
      },
    );
  }
  reader.text(); // kdfname
  reader.bytes(); // kdfoptions
  if (reader.number() !== 1) throw damaged();
  reader.bytes(); // the public key
  const secret = new WireReader(reader.bytes(), damaged);
  if (secret.number() !== secret.number()) throw damaged();
  if (secret.text() !== ALGORITHM) {
    throw new UsageError("the signing key is not an Ed25519 key", {
      hint: "make one with: ssh-keygen -t ed25519 -N '' -f backup-signing-key",
    });
  }
  const x = secret.bytes(KEY_BYTES);
  const d = secret.bytes(2 * KEY_BYTES).subarray(0, KEY_BYTES);
  const jwk = {
    kty: "OKP",
    crv: "Ed25519",
    x: x.toString("base64url"),
    d: d.toString("base64url"),
  };
  try {
    return withPublicKey(crypto().createPrivateKey({ key: jwk, format: "jwk" }));
  } catch {
    throw damaged();
  }
}

/** Reads the fields of SSH's wire format (RFC 4251, 5): numbers of four bytes, and bytes after their length. */
class WireReader {
  readonly #data: Buffer;
  readonly #damaged: () => UsageError;
  #at = 0;

  constructor(data: Buffer, damaged: () => UsageError) {
    this.#data = data;
    this.#damaged = damaged;
  }

  number(): number {
    if (this.#at + 4 > this.#data.length) throw this.#damaged();
    const value = this.#data.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** @param length what the field must have, where that is fixed. */
  bytes(length?: number): Buffer {
    const size = this.number();
    if ((length !== undefined && size !== length) || this.#at + size > this.#data.length) {
      throw this.#damaged();
    }
    const value = this.#data.subarray(this.#at, this.#at + size);
    this.#at += size;
    return value;
  }

  text(): string {
    return this.bytes().toString("latin1");
  }
}
