/**
 * Archives encrypted at rest with age: around any target or origin, as a store, so that writing, reading and verifying
 * know nothing of it. Plain `age -d` opens what is written here.
 */
import { ArchiveError, isError, RefusedError } from "../../errors.ts";
import { decrypterFor, encrypterFor } from "./keys.ts";
import type { AgeIdentities, AgeRecipients } from "./options.ts";
import { AGE_MAGIC, ageHeader, openPayload } from "./payload.ts";
import { MAX_HEADER_BYTES } from "./sealed-size.ts";
import { type ArchiveTarget, openSink } from "../storage/sink.ts";
import { readOnlyStore } from "../storage/read-only-store.ts";
import { type ArchiveOrigin, openSource } from "../storage/source.ts";
import type { ArchiveSink, ArchiveSource, ArchiveStore } from "../storage/store.ts";

export type { AgeIdentities, AgeRecipients } from "./options.ts";

/**
 * A place for an archive that is encrypted on its way there. After `create` and `commit`, `open` reads a path or store
 * back without any identity, with the key that this object made: so what was written can be verified where it was made.
 */
export function encryptArchive(target: ArchiveTarget, options: AgeRecipients): ArchiveStore {
  let fileKey: Uint8Array | undefined;
  return {
    async create() {
      const encrypter = await encrypterFor(options);
      if (options.passphrase === undefined) {
        // A recipient that adds nothing to the file, and learns the key of it.
        encrypter.addRecipient({
          wrapFileKey: (key) => {
            fileKey = Uint8Array.from(key);
            return [];
          },
        });
      }
      const plain = new TransformStream<Uint8Array, Uint8Array>();
      const sink = await openSink(target);
      try {
        return new AgeSink(sink, plain.writable, await encrypter.encrypt(plain.readable));
      } catch (error) {
        await sink.abort();
        throw error;
      }
    },
    async open() {
      if (typeof target !== "string" && !("open" in target))
        throw new ArchiveError("a stream that was written cannot be read back");
      const source = await openSource(target);
      return decrypted(source, (header) =>
        fileKey === undefined ? unwrap(header, options) : Promise.resolve(fileKey),
      );
    },
  };
}

/**
 * An encrypted archive. Anyone can make one for a public recipient, but whoever can replace a file and does not know the
 * recipient could still put a plain one in its place: that is refused unless `allowPlain` is set.
 * @throws (on open) RefusedError only when none of the identities opens it (KEY_MISMATCH), or it is not encrypted
 *   (NOT_ENCRYPTED).
 */
export function decryptArchive(origin: ArchiveOrigin, options: AgeIdentities): ArchiveStore {
  const allowPlain = options.allowPlain ?? false;
  // Whether the base was encrypted does not matter: its digest says that it is the one.
  const ofBase = { ...options, allowPlain: true };
  return readOnlyStore(async () => {
    const source = await openSource(origin);
    const plain = await decrypted(source, (header) => unwrap(header, options), { allowPlain });
    return {
      size: plain.size,
      read: (offset, length) => plain.read(offset, length),
      close: () => plain.close(),
      fileName: source.fileName,
      nearby: async (base) =>
        ((await source.nearby?.(base)) ?? []).map((near) => decryptArchive(near, ofBase)),
    };
  });
}

/**
 * A file that must be encrypted because its name says so, for reading without an identity: an encrypted one is passed on, and
 * whoever reads it says what is missing.
 * @throws (on open) RefusedError (NOT_ENCRYPTED) only when it is not encrypted.
 */
export function refusePlain(path: string): ArchiveStore {
  return readOnlyStore(async () => {
    const source = await openSource(path);
    try {
      const begin = await source.read(0, Math.min(source.size, AGE_MAGIC.length));
      if (begin.toString("latin1") !== AGE_MAGIC) throw notEncrypted();
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  });
}

function notEncrypted(): RefusedError {
  return new RefusedError("NOT_ENCRYPTED", "the archive is not encrypted, and should be", {
    object: "encryption",
    hint: "somebody may have replaced it. If it was made without encryption, --allow-plain takes it",
  });
}

/** Whether a file begins as one that is encrypted with age. One that cannot be read does not: reading it says why. */
export async function isEncrypted(path: string): Promise<boolean> {
  try {
    const source = await openSource(path);
    try {
      const begin = await source.read(0, Math.min(source.size, AGE_MAGIC.length));
      return begin.toString("latin1") === AGE_MAGIC;
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

async function unwrap(header: Buffer, options: AgeIdentities): Promise<Uint8Array> {
  const decrypter = await decrypterFor(options);
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    if (!isError(error) || !error.message.startsWith("no identity matched")) {
      throw new ArchiveError("the encrypted archive is damaged: its header cannot be read", {
        object: "encryption",
        cause: error,
      });
    }
    const what = options.passphrase === undefined ? "identities" : "passphrase";
    throw new RefusedError("KEY_MISMATCH", `the ${what} given cannot open this archive`, {
      object: "encryption",
      hint: "give the identity of one of the recipients that it was encrypted to",
    });
  }
}

async function decrypted(
  source: ArchiveSource,
  keyOf: (header: Buffer) => Promise<Uint8Array>,
  { allowPlain = false }: Pick<AgeIdentities, "allowPlain"> = {},
): Promise<ArchiveSource> {
  try {
    const begin = await source.read(0, Math.min(source.size, MAX_HEADER_BYTES));
    if (begin.toString("latin1", 0, AGE_MAGIC.length) !== AGE_MAGIC) {
      if (allowPlain) return source;
      throw notEncrypted();
    }
    const header = ageHeader(begin);
    if (header === undefined) {
      throw new ArchiveError("the encrypted archive is damaged: its header is cut off", {
        object: "encryption",
      });
    }
    return await openPayload(source, header.length, await keyOf(header));
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Writes through the library's stream; its errors are those of the sink behind it. */
class AgeSink implements ArchiveSink {
  readonly #sink: ArchiveSink;
  readonly #plain: WritableStreamDefaultWriter<Uint8Array>;
  /** Resolves when everything is in the sink. */
  readonly #written: Promise<void>;
  #failure: { readonly error: unknown } | undefined;
  #committed = false;

  constructor(
    sink: ArchiveSink,
    plain: WritableStream<Uint8Array>,
    sealed: ReadableStream<Uint8Array>,
  ) {
    this.#sink = sink;
    this.#plain = plain.getWriter();
    this.#plain.closed.catch(() => undefined);
    this.#written = this.#writeAll(sealed).catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  async #writeAll(sealed: ReadableStream<Uint8Array>): Promise<void> {
    // Leaving the loop cancels the stream, which ends the writing side too.
    for await (const bytes of sealed) await this.#sink.write(bytes);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#plain.ready.catch(() => undefined);
    // The buffer is the caller's again when this returns; the stream keeps the chunk for longer.
    await this.#plain.write(Uint8Array.from(bytes)).catch((error: unknown) => this.#throw(error));
  }

  async commit(): Promise<void> {
    await this.#plain.close().catch((error: unknown) => this.#throw(error));
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure.error;
    await this.#sink.commit();
    this.#committed = true;
  }

  async abort(): Promise<void> {
    if (this.#committed) return;
    // The sink first: everything else may be waiting for it.
    await this.#sink.abort();
    await this.#plain.abort(new Error("aborted")).catch(() => undefined);
    await this.#written;
  }

  /** Throws the error of the sink, which is the reason; the stream only says that it ended. */
  async #throw(error: unknown): Promise<never> {
    await this.#written;
    throw this.#failure === undefined ? error : this.#failure.error;
  }
}
