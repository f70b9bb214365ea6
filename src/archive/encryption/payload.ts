/**
 * The payload of an age file, read at any place: chunks of 64 KiB, each sealed by ChaCha20-Poly1305 under a nonce that
 * counts them and marks the last (age-encryption.org/v1, "Payload"). The library decrypts from front to back only; an
 * archive is read from its end. Header and keys stay the library's work.
 */
import { createDecipheriv, type DecipherChaCha20Poly1305, hkdfSync } from "node:crypto";
import { ArchiveError, UsageError } from "../../errors.ts";
import type { ArchiveSource } from "../storage/store.ts";
import { CHUNK_BYTES, NONCE_BYTES, TAG_BYTES } from "./sealed-size.ts";

const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;

/** What an age file begins with. */
export const AGE_MAGIC = "age-encryption.org/v1\n";

/** The header, its closing line included; undefined when the bytes hold none. */
export function ageHeader(begin: Buffer): Buffer | undefined {
  const text = begin.toString("latin1");
  if (!text.startsWith(AGE_MAGIC)) return undefined;
  const close = /\n--- [A-Za-z0-9+/]{43}\n/.exec(text);
  return close === null ? undefined : begin.subarray(0, close.index + close[0].length);
}

/**
 * Opens the decrypted contents. Verifies the last chunk at once, so that a truncated file is detected here.
 * @throws ArchiveError only when the payload is cut short or damaged; UsageError when the runtime lacks the cipher.
 */
export async function openPayload(
  source: ArchiveSource,
  headerBytes: number,
  fileKey: Uint8Array,
): Promise<ArchiveSource> {
  const start = headerBytes + NONCE_BYTES;
  if (source.size < start + TAG_BYTES) throw damaged("its end is cut off");
  const nonce = await source.read(headerBytes, NONCE_BYTES);
  const key = new Uint8Array(hkdfSync("sha256", fileKey, nonce, "payload", 32));
  const payload = new Payload(source, start, key);
  await payload.verifyEnd();
  return payload;
}

class Payload implements ArchiveSource {
  readonly size: number;
  readonly #source: ArchiveSource;
  readonly #start: number;
  readonly #key: Uint8Array;
  readonly #last: number;

  constructor(source: ArchiveSource, start: number, key: Uint8Array) {
    const sealed = source.size - start;
    const chunks = Math.ceil(sealed / SEALED_BYTES);
    // A chunk without contents exists only in a file without contents.
    if (chunks > 1 && sealed - (chunks - 1) * SEALED_BYTES <= TAG_BYTES)
      throw damaged("its end is cut off");
    this.#source = source;
    this.#start = start;
    this.#key = key;
    this.#last = chunks - 1;
    this.size = sealed - chunks * TAG_BYTES;
  }

  /** Opens the last chunk, whose nonce alone says that it is the last. */
  async verifyEnd(): Promise<void> {
    await this.#chunks(this.#last, this.#last);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const first = Math.floor(offset / CHUNK_BYTES);
    const last = Math.floor((offset + length - 1) / CHUNK_BYTES);
    if (offset + length > this.size) throw damaged("it is shorter than its contents say");
    const skip = offset - first * CHUNK_BYTES;
    return (await this.#chunks(first, last)).subarray(skip, skip + length);
  }

  async #chunks(first: number, last: number): Promise<Buffer> {
    const at = this.#start + first * SEALED_BYTES;
    const end = Math.min(this.#start + (last + 1) * SEALED_BYTES, this.#source.size);
    const sealed = await this.#source.read(at, end - at);
    const plain: Buffer[] = [];
    for (let chunk = first; chunk <= last; chunk++) {
      const from = (chunk - first) * SEALED_BYTES;
      plain.push(this.#open(chunk, sealed.subarray(from, from + SEALED_BYTES)));
    }
    return Buffer.concat(plain);
  }

  #open(chunk: number, sealed: Buffer): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(chunk, 5, 6);
    nonce[11] = chunk === this.#last ? 1 : 0;
    const decipher = decipherOf(this.#key, nonce);
    const end = sealed.length - TAG_BYTES;
    decipher.setAuthTag(sealed.subarray(end));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
    } catch {
      throw damaged(
        chunk === this.#last
          ? "its end is cut off or changed"
          : `the 64 KiB from byte ${this.#start + chunk * SEALED_BYTES} on were changed`,
      );
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

/** @throws UsageError only when the runtime cannot decrypt: Bun's node:crypto lacks the cipher, and OpenSSL's in FIPS mode. */
function decipherOf(key: Uint8Array, nonce: Buffer): DecipherChaCha20Poly1305 {
  try {
    return createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  } catch (cause) {
    throw new UsageError("this runtime's node:crypto has no ChaCha20-Poly1305 to decrypt with", {
      object: "encryption",
      hint: "Node.js has it, unless its OpenSSL runs in FIPS mode; Bun 1.4 does not",
      cause,
    });
  }
}

function damaged(what: string): ArchiveError {
  return new ArchiveError(`the encrypted archive is damaged: ${what}`, {
    object: "encryption",
    hint: "copy it again from where it was made, or use another backup",
  });
}
