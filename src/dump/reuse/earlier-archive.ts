/** An archive of the same database from which unchanged parts are copied, or in which they are left. */
import { parseDataEntry } from "../../archive/format/entry-names.ts";
import type { ManifestRelation, ManifestServer } from "../../archive/format/manifest.ts";
import type { ArchiveReader } from "../../archive/reader.ts";
import type { SignKey } from "../../archive/signing/ed25519-key.ts";
import { checkSignature } from "../../archive/signing/signature.ts";
import { UsageError } from "../../errors.ts";
import type { DumpOptions } from "../options.ts";
import type { FullReadReason } from "./full-read-reason.ts";
import { type CurrentDump, refusalOfServer } from "./same-server.ts";

export interface EarlierArchive {
  readonly reader: ArchiveReader;
  readonly server: ManifestServer;
  /** Tables with units, by oid. */
  readonly tables: ReadonlyMap<number, ManifestRelation>;
}

/**
 * The earlier archive that a caller offered, for reuse or as the base: open, and not yet compared with the server.
 * @throws UsageError only for a base that is differential itself; what `openArchive` throws.
 */
export async function openEarlier(
  { reuse, base }: Pick<DumpOptions, "reuse" | "base">,
  signal: AbortSignal,
): Promise<ArchiveReader | null> {
  const origin = reuse ?? base;
  if (origin === undefined) return null;
  // Loaded only here: reading an archive takes zod, which takes as long to load as Node.
  const { openArchive } = await import("../../archive/reader.ts");
  const reader = await openArchive(origin, { signal, rows: base === undefined });
  if (base === undefined || reader.manifest.base === null) return reader;
  await reader.close();
  throw refusedChain(reader);
}

/** Two archives at most must be intact and together for a restore. */
function refusedChain({ fileName, manifest }: ArchiveReader): UsageError {
  const full = manifest.base?.fileName ?? null;
  return new UsageError(
    `${fileName ?? "the archive"} is differential, and cannot be the base of another one`,
    {
      object: fileName,
      hint: `name its base${full === null ? "" : ` (${full})`}, or make it full with merge`,
    },
  );
}

/** The earlier archive, or why nothing of it can be reused. */
export function usableArchive(
  reader: ArchiveReader,
  current: CurrentDump & { readonly signKey: SignKey | undefined },
): EarlierArchive | FullReadReason {
  const { manifest } = reader;
  const tables = manifest.relations.filter(({ units }) => units !== null);
  if (tables.length === 0) return "no-units";
  const refusal = refusalOfServer(manifest, current) ?? refusalOfSignature(reader, current.signKey);
  if (refusal !== null) return refusal;
  return {
    reader,
    server: manifest.server!,
    tables: new Map(tables.map((relation) => [relation.units!.oid, relation])),
  };
}

/** A signature says that its maker read the rows from the server, so they must not come from an archive of somebody else's. */
function refusalOfSignature(
  { storedManifest }: ArchiveReader,
  signKey: SignKey | undefined,
): FullReadReason | null {
  if (signKey === undefined) return null;
  const isSigned = checkSignature(storedManifest, [signKey]) === "valid";
  return isSigned ? null : "other-signature";
}

/** The numbers in the names of a relation's entries. */
export function partNumbers(reader: ArchiveReader, { parts }: ManifestRelation): number[] {
  return parts.flatMap((part) => {
    const name = reader.holderOf(part).manifest.entries[part.entry]?.name;
    const parsed = name === undefined ? undefined : parseDataEntry(name);
    return parsed === undefined ? [] : [parsed.part];
  });
}
