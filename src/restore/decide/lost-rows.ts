/** What the loss of rows means for a restore of the others: which are lost, and which foreign keys cannot hold. Pure. */
import type {
  Manifest,
  ManifestObject,
  ManifestPart,
  ManifestRelation,
} from "../../archive/format/manifest.ts";
import { relationLabel, rowRange, type RelationPart } from "../../archive/format/row-range.ts";
import { uncheckedForeignKey } from "../../ddl/unchecked-foreign-key.ts";
import { groupBy } from "../../util/group-by.ts";
import { listed } from "../../util/format.ts";
import { objectLabel } from "../../util/label.ts";
import { type Warning, warning } from "../../warnings.ts";

/** Rows of one relation that could not be read. */
export interface LostRows {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** In the order of the archive, in which the first row of the relation has the number 1. */
  readonly ranges: readonly {
    readonly firstRow: number;
    readonly lastRow: number;
    readonly reason: string;
  }[];
}

/** An unreadable part, and why it is. */
export interface LostPart extends RelationPart {
  readonly reason: string;
}

/** What is lost of each relation, with a warning for each. */
export interface LostRowsReport {
  readonly lost: readonly LostRows[];
  readonly warnings: readonly Warning[];
}

export function reportLost(parts: readonly LostPart[]): LostRowsReport {
  const lost: LostRows[] = [];
  const warnings: Warning[] = [];
  for (const [relation, ofRelation] of groupBy(parts, (part) => part.relation)) {
    const { namespace, name } = relation;
    const rows = ofRelation.reduce((sum, { part }) => sum + part.rows, 0);
    const ranges = ofRelation.map((part) => ({ ...rowRange(part), reason: part.reason }));
    const texts = ranges.map((range) => `${range.firstRow} to ${range.lastRow} (${range.reason})`);
    const message = `${rows} of ${relation.rows} rows are lost, by their order in the archive: ${listed(texts)}`;
    lost.push({ namespace, name, rows, ranges });
    warnings.push(warning("rows-lost", relationLabel(relation), message));
  }
  return { lost, warnings };
}

/** The relation as if it had never had these parts. */
export function withoutParts(
  relation: ManifestRelation,
  lost: ReadonlySet<ManifestPart>,
): ManifestRelation {
  const parts = relation.parts.filter((part) => !lost.has(part));
  if (parts.length === relation.parts.length) return relation;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { ...relation, parts, rows, bytes, units: null };
}

/** A manifest whose foreign keys let the rows stay that refer to lost ones, and what became of these keys. */
export interface LooseForeignKeys {
  readonly objects: ManifestObject[];
  /** `id`s of foreign keys that cannot be created. */
  readonly leftOut: ReadonlySet<number>;
  readonly warnings: readonly Warning[];
}

/**
 * Foreign keys to a table that lost rows: those of ordinary tables are created NOT VALID, and hold for rows to come. Those
 * of partitioned tables cannot be (before PostgreSQL 18), and are left out.
 */
export function looseForeignKeys(
  { objects, relations }: Pick<Manifest, "objects" | "relations">,
  lost: readonly RelationPart[],
): LooseForeignKeys {
  const hasLost = new Set(lost.map(({ relation }) => keyOf(relation)));
  const withRows = new Set(relations.map(keyOf));
  const byId = new Map(objects.map((object) => [object.id, object]));
  const leftOut = new Set<number>();
  const warnings: Warning[] = [];
  const loosened = objects.map((object): ManifestObject => {
    const table = object.kind === "foreign-key" ? parentOf(object, byId) : undefined;
    const isAtRisk =
      table !== undefined &&
      referencedTables(object, byId).some((referenced) =>
        // The rows of a partitioned table are those of its partitions, whichever they are.
        withRows.has(keyOf(referenced)) ? hasLost.has(keyOf(referenced)) : hasLost.size > 0,
      );
    if (!isAtRisk) return object;
    const isPartitioned = !withRows.has(keyOf(table));
    if (isPartitioned) leftOut.add(object.id);
    const what = isPartitioned ? "was left out" : "was created NOT VALID";
    const message = `the foreign key ${what}, because rows that it may refer to are lost`;
    warnings.push(warning("foreign-key-not-valid", objectLabel(object), message));
    if (isPartitioned) return object;
    return { ...object, statements: uncheckedForeignKey(object.statements) };
  });
  return { objects: loosened, leftOut, warnings };
}

function keyOf({
  namespace,
  name,
}: Pick<ManifestRelation, "name"> & { readonly namespace: string | null }): string {
  return `${namespace ?? ""}\0${name}`;
}

function parentOf(
  { parent }: ManifestObject,
  byId: ReadonlyMap<number, ManifestObject>,
): ManifestObject | undefined {
  return parent === null ? undefined : byId.get(parent);
}

/** The tables of the keys that a foreign key needs. */
function referencedTables(
  { requires }: ManifestObject,
  byId: ReadonlyMap<number, ManifestObject>,
): ManifestObject[] {
  return requires.flatMap((id) => {
    const required = byId.get(id);
    const isKey = required?.kind === "key-constraint" || required?.kind === "index";
    const table = isKey ? parentOf(required, byId) : undefined;
    return table === undefined ? [] : [table];
  });
}
