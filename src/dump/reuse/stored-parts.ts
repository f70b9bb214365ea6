/**
 * Takes over parts of an earlier archive as they are stored: copies them, or leaves them in it as the base of a differential
 * one. Nothing is inflated, and every checksum is compared.
 */
import type { ManifestPart } from "../../archive/format/manifest.ts";
import type { ArchiveReader } from "../../archive/reader.ts";
import { memoryOf } from "../../archive/weighted-semaphore.ts";
import type { ArchiveWriter } from "../../archive/writer.ts";
import { isNexushubDumpError, throwIfAborted } from "../../errors.ts";

/** A part as the new archive has it, or refers to it; null when the earlier archive's is damaged, with the reason. */
export type CopiedPart =
  | { readonly part: ManifestPart; readonly damage: null }
  | { readonly part: null; readonly damage: string };

const NOTHING = Buffer.alloc(0);

/** Stored bytes in memory at once. */
const IN_FLIGHT_BYTES = 16 * 1024 * 1024;

export interface CopyStoredOptions {
  readonly reader: ArchiveReader;
  readonly writer: ArchiveWriter;
  /** Whether the parts stay where they are, and the new archive refers to them. */
  readonly isBase: boolean;
  readonly signal: AbortSignal | undefined;
  /** Whether damage is an error. Default: false. */
  readonly isStrict?: boolean | undefined;
  /** Called with the position of each part that was taken over. */
  readonly onCopied?: ((index: number) => void) | undefined;
}

/**
 * Whether parts are copied inside an object store when they are added in the order in which the earlier archive has them: then
 * they are better copied together, after all others.
 */
export function isCopiedInStore({
  reader,
  writer,
  isBase,
}: Pick<CopyStoredOptions, "reader" | "writer" | "isBase">): boolean {
  const stored = isBase ? undefined : reader.storedAt(0);
  return stored !== undefined && writer.canCopy(stored.object);
}

/** Takes over the parts in the order in which they are stored. @returns one result for each part, in their order. */
export async function copyInStoredOrder(
  parts: readonly ManifestPart[],
  { onCopied, ...options }: CopyStoredOptions,
): Promise<CopiedPart[]> {
  const order = storedOrder(parts, options.reader);
  const sorted = await copyStoredParts(
    order.map((index) => parts[index]!),
    { ...options, onCopied: (index) => onCopied?.(order[index]!) },
  );
  const results: CopiedPart[] = [];
  for (const [position, index] of order.entries()) results[index] = sorted[position]!;
  return results;
}

/** The positions of the parts: those in the base first, each archive's from front to back. */
export function storedOrder(
  parts: readonly ManifestPart[],
  reader: Pick<ArchiveReader, "holderOf">,
): number[] {
  const offsets = parts.map((part) => reader.holderOf(part).manifest.entries[part.entry]!.offset);
  const rank = (index: number): number => (parts[index]!.inBase ? 0 : 1);
  return [...parts.keys()].sort((a, b) => rank(a) - rank(b) || offsets[a]! - offsets[b]!);
}

/**
 * Takes over the parts. Several are read at once; they are added in their order.
 * @returns one result for each part, in their order.
 * @throws what the writer throws. Damage of the earlier archive is in the results, without `isStrict`.
 */
export async function copyStoredParts(
  parts: readonly ManifestPart[],
  options: CopyStoredOptions,
): Promise<CopiedPart[]> {
  const { reader, signal, onCopied } = options;
  const memory = new ReusedMemory();
  const copies: Promise<CopiedPart>[] = [];
  const queue: { readonly weight: number; readonly copy: Promise<CopiedPart> }[] = [];
  let ahead = 0;
  let turn: Promise<unknown> = Promise.resolve();
  for (const [index, part] of parts.entries()) {
    throwIfAborted(signal, "while unchanged rows were copied from the earlier archive");
    const weight = memoryOf(reader.holderOf(part).manifest.entries[part.entry]!.length);
    while (queue.length > 0 && ahead + weight > IN_FLIGHT_BYTES) {
      const first = queue.shift()!;
      await first.copy;
      ahead -= first.weight;
    }
    const read = readStoredPart(part, options, memory);
    const begun = Promise.all([read, turn]).then(([stored]) => ({
      added: addStoredPart(part, stored, options).then((copied) => {
        memory.give(stored);
        return copied;
      }),
    }));
    turn = begun.catch(() => undefined);
    const copy = begun.then(async ({ added }) => {
      const result = await added;
      if (result.part !== null) onCopied?.(index);
      return result;
    });
    copy.catch(() => undefined);
    copies.push(copy);
    queue.push({ weight, copy });
    ahead += weight;
  }
  return Promise.all(copies);
}

/**
 * Compares the checksum of a part, which stays where it is, or gives its stored bytes.
 * @returns what is wrong with it as text.
 */
async function readStoredPart(
  part: ManifestPart,
  { reader, isBase, isStrict = false }: CopyStoredOptions,
  memory: ReusedMemory,
): Promise<Buffer | string> {
  const holder = reader.holderOf(part);
  try {
    if (!isBase) return await holder.readStored(part.entry, (bytes) => memory.take(bytes));
    await holder.checkStored(part.entry);
    return NOTHING;
  } catch (error) {
    const isDamage = isNexushubDumpError(error) && error.code === "ARCHIVE_DAMAGED";
    if (isStrict || !isDamage) throw error;
    return error.message;
  }
}

async function addStoredPart(
  part: ManifestPart,
  stored: Buffer | string,
  { reader, writer, isBase }: CopyStoredOptions,
): Promise<CopiedPart> {
  if (typeof stored === "string") return { part: null, damage: stored };
  if (isBase) return { part: { ...part, inBase: true }, damage: null };
  const holder = reader.holderOf(part);
  const entry = holder.manifest.entries[part.entry]!;
  const index = await writer.addStored(entry, stored, holder.storedAt(part.entry));
  return { part: { ...part, entry: index, inBase: false }, damage: null };
}

/** Memory for stored parts, used again: new memory for each would cost as much as copying them. */
class ReusedMemory {
  readonly #free: Buffer[] = [];
  readonly #taken = new Map<ArrayBufferLike, Buffer>();

  take(bytes: number): Buffer {
    const index = this.#free.findIndex(({ length }) => length >= bytes);
    const buffer =
      index === -1 ? Buffer.allocUnsafeSlow(bytes + bytes / 4) : this.#free.splice(index, 1)[0]!;
    this.#taken.set(buffer.buffer, buffer);
    return buffer;
  }

  /** Of other buffers than taken ones, and of texts, does nothing. */
  give(stored: Buffer | string): void {
    const buffer = typeof stored === "string" ? undefined : this.#taken.get(stored.buffer);
    if (buffer === undefined) return;
    this.#taken.delete(buffer.buffer);
    this.#free.push(buffer);
  }
}
