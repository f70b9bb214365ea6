/**
 * Whether a manifest agrees with itself and with the file that it describes. Its shape is the schema's business; this is
 * what a schema can't say. All of it in time and memory linear in the manifest.
 */
import { ArchiveError } from "../../errors.ts";
import { MAX_TEXT_ENTRY_BYTES } from "../../limits.ts";
import type { Manifest, ManifestEntry, ManifestRelation } from "./manifest.ts";
import { FORMAT_ENTRY, MANIFEST_ENTRY, isTextEntry, parseDataEntry } from "./entry-names.ts";

function lie(what: string): never {
  throw new ArchiveError(`the manifest contradicts itself: ${what}`, { object: "manifest" });
}

/** @returns the set, for further look-ups. */
function unique<T>(values: Iterable<T>, what: string): Set<T> {
  const seen = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) lie(`${what} ${String(value)} occurs twice`);
    seen.add(value);
  }
  return seen;
}

/**
 * @param manifestOffset where the manifest's own member begins, in stored bytes.
 * @throws ArchiveError naming "manifest", only when something does not fit.
 */
export function checkManifest(manifest: Manifest, manifestOffset: number): void {
  checkEntries(manifest.entries, manifestOffset);
  checkObjects(manifest);
  checkRelations(manifest);
}

function checkEntries(entries: readonly ManifestEntry[], manifestOffset: number): void {
  let offset = 0;
  for (const { name, offset: begins, length, size } of entries) {
    if (begins !== offset) lie(`entry ${name} does not begin where the one before it ends`);
    if (length === 0) lie(`entry ${name} is empty`);
    offset += length;
    if (isTextEntry(name)) {
      if (size > MAX_TEXT_ENTRY_BYTES) lie(`entry ${name} is too large`);
    } else if (parseDataEntry(name) === undefined) {
      lie(`${JSON.stringify(name)} is not a name that an entry can have`);
    }
  }
  if (offset !== manifestOffset) lie(`the entries do not end where ${MANIFEST_ENTRY} begins`);
  if (entries[0]?.name !== FORMAT_ENTRY) lie(`the first entry is not ${FORMAT_ENTRY}`);
  unique(
    entries.map(({ name }) => name),
    "entry",
  );
}

function checkObjects({ objects, relations, sequences }: Manifest): void {
  const before = new Set<number>();
  for (const { id, requires } of objects) {
    if (before.has(id)) lie(`object ${id} occurs twice`);
    for (const required of requires) {
      if (!before.has(required))
        lie(`object ${id} requires ${required}, which does not come before it`);
    }
    before.add(id);
  }
  for (const { id, parent } of objects) {
    if (parent !== null && !before.has(parent))
      lie(`object ${id} is part of ${parent}, which is missing`);
  }
  for (const { object, name } of [...relations, ...sequences]) {
    if (object !== null && !before.has(object))
      lie(`${name} is made by object ${object}, which is missing`);
  }
}

function checkRelations({ entries, relations, sequences }: Manifest): void {
  unique(
    relations.map(({ number }) => number),
    "relation",
  );
  for (const kind of ["table", "large-objects"] as const) {
    const those = relations.filter((relation) => relation.kind === kind);
    unique(those.map(qualified), "relation");
  }
  unique(sequences.map(qualified), "sequence");
  const claimed = new Set<number>();
  for (const relation of relations) checkRelation(relation, entries, claimed);
  for (const [index, { name }] of entries.entries()) {
    if (!isTextEntry(name) && !claimed.has(index)) lie(`entry ${name} belongs to no relation`);
  }
}

function qualified({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return JSON.stringify([namespace, name]);
}

function checkRelation(
  relation: ManifestRelation,
  entries: readonly ManifestEntry[],
  claimed: Set<number>,
): void {
  const where = `relation ${relation.number}`;
  unique(relation.columns, `${where}: column`);
  let rows = 0;
  let bytes = 0;
  for (const part of relation.parts) {
    const entry = entries[part.entry];
    if (entry === undefined) lie(`${where} has a part in entry ${part.entry}, which is missing`);
    if (parseDataEntry(entry.name)?.relation !== relation.number) {
      lie(`${where} has a part in ${entry.name}, which is not its own`);
    }
    if (claimed.has(part.entry)) lie(`${entry.name} is two parts`);
    claimed.add(part.entry);
    if (part.bytes !== entry.size) lie(`${entry.name} has two sizes`);
    if (part.rows > part.bytes) lie(`${entry.name} has more rows than bytes`);
    rows += part.rows;
    bytes += part.bytes;
  }
  if (rows !== relation.rows) lie(`${where} has other rows than its parts`);
  if (bytes !== relation.bytes) lie(`${where} has other bytes than its parts`);
}
