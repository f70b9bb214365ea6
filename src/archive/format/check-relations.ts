/** Checks the relations and sequences of a manifest: names, columns, and how their parts add up. */
import { contradiction, uniqueValues } from "./contradiction.ts";
import { isTextEntry, parseDataEntry } from "./entry-names.ts";
import type { Manifest, ManifestPart, ManifestRelation } from "./manifest.ts";

/** Entries that a part refers to, so that none is two parts. */
interface UsedEntries {
  readonly inArchive: Set<number>;
  readonly inBase: Set<number>;
}

/** @throws ArchiveError naming "manifest", only when something does not fit. */
export function checkRelations(manifest: Manifest): void {
  const { entries, relations, sequences } = manifest;
  uniqueValues(
    relations.map(({ number }) => number),
    "relation",
  );
  for (const kind of ["table", "large-objects"] as const) {
    const ofKind = relations.filter((relation) => relation.kind === kind);
    uniqueValues(ofKind.map(qualifiedName), "relation");
  }
  uniqueValues(sequences.map(qualifiedName), "sequence");
  const used: UsedEntries = { inArchive: new Set(), inBase: new Set() };
  for (const relation of relations) {
    checkColumns(relation);
    checkParts(relation, manifest, used);
    checkUnits(relation, manifest);
  }
  for (const [index, { name }] of entries.entries()) {
    if (!isTextEntry(name) && !used.inArchive.has(index)) {
      contradiction(`entry ${name} belongs to no relation`);
    }
  }
}

function qualifiedName({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return JSON.stringify([namespace, name]);
}

function label({ number }: ManifestRelation): string {
  return `relation ${number}`;
}

function checkColumns(relation: ManifestRelation): void {
  const { kind, columns, generated, primaryKey, masked, loadThrough } = relation;
  const where = label(relation);
  const stored = uniqueValues(columns, `${where}: column`);
  const computed = uniqueValues(generated, `${where}: generated column`);
  for (const name of computed) {
    if (stored.has(name)) contradiction(`${where} has column ${name} both stored and generated`);
  }
  for (const name of uniqueValues(primaryKey, `${where}: key column`)) {
    if (!stored.has(name) && !computed.has(name)) {
      contradiction(`${where} has no column ${name}, which is in its primary key`);
    }
  }
  for (const name of uniqueValues(masked, `${where}: masked column`)) {
    if (!stored.has(name)) contradiction(`${where} has no column ${name}, which is masked`);
  }
  if (kind !== "table" && (primaryKey.length > 0 || loadThrough !== null)) {
    contradiction(`${where} has properties that only a table has`);
  }
  if (loadThrough !== null && qualifiedName(loadThrough) === qualifiedName(relation)) {
    contradiction(`${where} is to be loaded through itself`);
  }
}

function checkParts(relation: ManifestRelation, manifest: Manifest, used: UsedEntries): void {
  const where = label(relation);
  let rows = 0;
  let bytes = 0;
  for (const part of relation.parts) {
    if (part.inBase) checkPartInBase(part, relation, manifest, used);
    else checkOwnPart(part, relation, manifest, used);
    if (part.rows > part.bytes) contradiction(`${where} has a part with more rows than bytes`);
    rows += part.rows;
    bytes += part.bytes;
  }
  if (rows !== relation.rows) contradiction(`${where} has other rows than its parts`);
  if (bytes !== relation.bytes) contradiction(`${where} has other bytes than its parts`);
}

function checkOwnPart(
  { entry: index, bytes }: ManifestPart,
  relation: ManifestRelation,
  { entries }: Manifest,
  used: UsedEntries,
): void {
  const where = label(relation);
  const entry = entries[index];
  if (entry === undefined) contradiction(`${where} has a part in entry ${index}, which is missing`);
  if (parseDataEntry(entry.name)?.relation !== relation.number) {
    contradiction(`${where} has a part in ${entry.name}, which is not its own`);
  }
  if (used.inArchive.has(index)) contradiction(`${entry.name} is two parts`);
  used.inArchive.add(index);
  if (bytes !== entry.size) contradiction(`${entry.name} has two sizes`);
}

/** The base's entries are unknown here; `checkBaseParts` compares with them. */
function checkPartInBase(
  { entry }: ManifestPart,
  relation: ManifestRelation,
  { base }: Manifest,
  used: UsedEntries,
): void {
  if (base === null) contradiction(`${label(relation)} has a part in a base, and there is none`);
  if (used.inBase.has(entry)) contradiction(`entry ${entry} of the base is two parts`);
  used.inBase.add(entry);
}

function checkUnits(relation: ManifestRelation, { server }: Manifest): void {
  const { kind, parts, units, where: condition, sample, masked } = relation;
  if (units === null) return;
  const where = label(relation);
  if (kind !== "table") contradiction(`${where} has units, and is not a table`);
  if (server === null) contradiction(`${where} has units, and the server is not recorded`);
  if (condition !== null || sample !== null || masked.length > 0) {
    contradiction(`${where} has units, and its rows are not those of the table`);
  }
  let next = 0;
  for (const [index, unit] of units.units.entries()) {
    const end = next + unit.parts;
    if (end > parts.length) contradiction(`${where} has fewer parts than its units`);
    let rows = 0;
    for (; next < end; next++) rows += parts[next]!.rows;
    if (rows !== unit.rows)
      contradiction(`${where} has other rows in unit ${index} than its parts`);
  }
  if (next !== parts.length) contradiction(`${where} has more parts than its units`);
}
