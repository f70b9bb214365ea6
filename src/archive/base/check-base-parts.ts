/** Checks a differential manifest against that of its base, so that everything it refers to is there. Pure. */
import { ArchiveError } from "../../errors.ts";
import { contradiction } from "../format/contradiction.ts";
import { parseDataEntry } from "../format/entry-names.ts";
import type { Manifest, ManifestPart, ManifestRelation } from "../format/manifest.ts";

/**
 * @param base of the archive with the recorded digest.
 * @throws ArchiveError only when the base is differential itself, or does not hold a part as it is described.
 */
export function checkBaseParts({ relations, entries }: Manifest, base: Manifest): void {
  if (base.base !== null) {
    throw new ArchiveError(
      "the archive refers to one that is itself differential, which no version writes",
      { object: base.base.fileName ?? "base" },
    );
  }
  const parts = new Map(
    base.relations.flatMap((relation) => relation.parts.map((part) => [part.entry, part] as const)),
  );
  const names = new Set(entries.map(({ name }) => name));
  for (const relation of relations) {
    for (const part of relation.parts) {
      if (part.inBase) checkPart(part, relation, { part: parts.get(part.entry), base, names });
    }
  }
}

interface HeldPart {
  /** The base's part of the same entry. */
  readonly part: ManifestPart | undefined;
  readonly base: Manifest;
  /** Of the differential archive's entries. */
  readonly names: ReadonlySet<string>;
}

function checkPart(
  { entry, rows, bytes, sha256 }: ManifestPart,
  { number }: ManifestRelation,
  { part, base, names }: HeldPart,
): void {
  const name = base.entries[entry]?.name;
  const where = `relation ${number}`;
  if (part === undefined || name === undefined) {
    contradiction(`${where} has a part in entry ${entry} of the base, which holds no rows`);
  }
  if (part.rows !== rows || part.bytes !== bytes || part.sha256 !== sha256) {
    contradiction(`${where} has a part in ${name} of the base, which is another one`);
  }
  // So the stored members of both make one archive.
  if (parseDataEntry(name)?.relation !== number || names.has(name)) {
    contradiction(`${where} has a part in ${name} of the base, a name for something else here`);
  }
}
