/** The rows of masked tables as SQL: as the archive will hold them, generated columns included. Pure. */
import type { ColumnRow } from "../../catalog/column.ts";
import type { Catalog } from "../../catalog/read.ts";
import { UsageError } from "../../errors.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { type SelectedRelation, whereClause } from "./selected-relation.ts";
import type { TableReader } from "./table-reader.ts";

/** What the checks of masks share. */
export interface MaskChecks {
  readonly reader: TableReader;
  readonly catalog: Catalog;
  /** The rows of a relation as the archive will hold them: a subquery with the columns' own types. */
  readonly rowsOf: (selected: SelectedRelation) => string;
  /** Whether a column of a table may hold other values in the archive. */
  readonly isChanged: (relation: number, column: string) => boolean;
}

export function maskChecks(
  reader: TableReader,
  catalog: Catalog,
  selected: readonly SelectedRelation[],
): MaskChecks {
  const masked = selected.filter(({ masks }) => masks.size > 0);
  const changed = new Map(masked.map((each) => [each.relation.oid, changedColumns(catalog, each)]));
  return {
    reader,
    catalog,
    rowsOf: maskedRows(catalog, selected),
    isChanged: (relation, column) => changed.get(relation)?.has(column) ?? false,
  };
}

/** The masked columns of a table, and those that are generated from its columns. */
function changedColumns(catalog: Catalog, { relation, masks }: SelectedRelation): Set<string> {
  const generated = catalog.columns.filter(
    (column) => column.relation === relation.oid && column.generated !== "",
  );
  return new Set([...masks.keys(), ...generated.map(({ name }) => name)]);
}

function maskedRows(
  catalog: Catalog,
  selected: readonly SelectedRelation[],
): (selected: SelectedRelation) => string {
  const oids = new Set(selected.map(({ relation }) => relation.oid));
  const columnsOf = new Map<number, ColumnRow[]>();
  for (const column of catalog.columns) {
    const columns = columnsOf.get(column.relation);
    if (columns !== undefined) columns.push(column);
    else if (oids.has(column.relation)) columnsOf.set(column.relation, [column]);
  }
  return ({ relation, masks, where }) => {
    const columns = columnsOf.get(relation.oid) ?? [];
    const stored = columns
      .filter(({ generated }) => generated === "")
      .map(({ name, type }) => {
        const expression = masks.get(name);
        const column = quoteIdent(name);
        return expression === undefined ? column : `((${expression}\n)::${type}) AS ${column}`;
      });
    const rows = `(SELECT ${stored.join(", ")} FROM ONLY ${qualify(relation.namespace, relation.name)}${whereClause([where])})`;
    if (stored.length === columns.length) return rows;
    // A restore computes generated columns from the masked ones.
    const all = columns.map(({ name, type, generated, defaultValue }) =>
      generated === "" ? quoteIdent(name) : `((${defaultValue!})::${type}) AS ${quoteIdent(name)}`,
    );
    return `(SELECT ${all.join(", ")} FROM ${rows} AS stored)`;
  };
}

/** Context of the queries that check masks, for their errors. */
export function checking(object: string): { readonly action: string; readonly object: string } {
  return { action: "check the masks", object };
}

/** @param constraint as messages name it: `the unique constraint users_email_key`. */
export function brokenConstraint(
  what: string,
  constraint: string,
  { relation }: SelectedRelation,
): UsageError {
  const table = qualify(relation.namespace, relation.name);
  return new UsageError(`a mask breaks ${constraint} of table ${table}: ${what}`, {
    object: `${constraint} of table ${table}`,
    hint: "choose another mask: the archive could not be restored",
  });
}
