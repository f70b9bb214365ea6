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

/** Stored bytes in memory at once. */
const IN_FLIGHT_BYTES = 16 * 1024 * 1024;

export interface CopyStoredOptions {
  readonly reader: ArchiveReader;
  readonly writer: ArchiveWriter;
  /** Whether the parts stay where they are, and the new archive refers to them. */
  readonly isBase: boolean;
  readonly signal: AbortSignal;
}

/**
 * Takes over the parts, several at once.
 * @returns one result for each part, in their order.
 * @throws what the writer throws. Damage of the earlier archive is in the results.
 */
export async function copyStoredParts(
  parts: readonly ManifestPart[],
  options: CopyStoredOptions,
): Promise<CopiedPart[]> {
  const { reader, signal } = options;
  const copies: Promise<CopiedPart>[] = [];
  const queue: { readonly weight: number; readonly copy: Promise<CopiedPart> }[] = [];
  let ahead = 0;
  for (const part of parts) {
    throwIfAborted(signal, "while unchanged rows were copied from the earlier archive");
    const weight = memoryOf(reader.holderOf(part).manifest.entries[part.entry]!.length);
    while (queue.length > 0 && ahead + weight > IN_FLIGHT_BYTES) {
      const first = queue.shift()!;
      await first.copy;
      ahead -= first.weight;
    }
    const copy = copyStoredPart(part, options);
    copy.catch(() => undefined);
    copies.push(copy);
    queue.push({ weight, copy });
    ahead += weight;
  }
  return Promise.all(copies);
}

async function copyStoredPart(
  part: ManifestPart,
  { reader, writer, isBase }: CopyStoredOptions,
): Promise<CopiedPart> {
  const holder = reader.holderOf(part);
  const entry = holder.manifest.entries[part.entry]!;
  let bytes: Buffer;
  try {
    bytes = await holder.readStored(part.entry);
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code !== "ARCHIVE_DAMAGED") throw error;
    return { part: null, damage: error.message };
  }
  if (isBase) return { part: { ...part, inBase: true }, damage: null };
  const index = await writer.addStored(entry, bytes);
  return { part: { ...part, entry: index, inBase: false }, damage: null };
}
