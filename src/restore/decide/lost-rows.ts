/** What the loss of rows means for a restore of the others: which are lost, and which foreign keys cannot hold. Pure. */
import type { Manifest, ManifestObject, ManifestRelation } from "../../archive/format/manifest.ts";
import { relationLabel, rowRange, type RelationPart } from "../../archive/format/row-range.ts";
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

/** The lost rows, relation by relation. */
export function lostRows(lost: readonly LostPart[]): LostRows[] {
  const byRelation = groupBy(lost, ({ relation }) => relation);
  return [...byRelation].map(([{ namespace, name }, parts]) => ({
    namespace,
    name,
    rows: parts.reduce((sum, { part }) => sum + part.rows, 0),
    ranges: parts.map((each) => ({ ...rowRange(each), reason: each.reason })),
  }));
}

/** One warning for each relation that lost rows. */
export function lostRowsWarnings(lost: readonly LostPart[]): Warning[] {
  return [...groupBy(lost, ({ relation }) => relation)].map(([relation, parts]) => {
    const rows = parts.reduce((sum, { part }) => sum + part.rows, 0);
    const ranges = parts.map((each) => {
      const { firstRow, lastRow } = rowRange(each);
      return `${firstRow} to ${lastRow} (${each.reason})`;
    });
    const message = `${rows} of ${relation.rows} rows are lost, by their order in the archive: ${listed(ranges)}`;
    return warning("rows-lost", relationLabel(relation), message);
  });
}

/** A manifest whose foreign keys let the rows stay that refer to lost ones, and what became of these keys. */
export interface LooseForeignKeys {
  readonly objects: readonly ManifestObject[];
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
    const [first, ...rest] = object.statements;
    return { ...object, statements: [`${first!} NOT VALID`, ...rest] };
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
