/** The tables that samples name, and the query for the rows of each sample. Pure. */
import { namespaceNames } from "../../catalog/namespace.ts";
import type { Catalog } from "../../catalog/read.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { UsageError } from "../../errors.ts";
import { nameHolds } from "../../pg/relation-names.ts";
import { qualify } from "../../sql/ident.ts";
import { matchesPattern, namePattern, onPath } from "../../sql/pattern.ts";
import { columnTypes } from "../column-types.ts";
import { leavesOf } from "./partition-leaves.ts";
import { parseSample, sampleSql, type SampleSpec } from "./sample.ts";
import type { SelectedRelation } from "./selected-relation.ts";

export interface SampleTarget {
  /** The sample as the user wrote it. */
  readonly text: string;
  /** `table public.orders`. */
  readonly label: string;
  /** A query for `oid` and `ctid` of the rows. */
  readonly sql: string;
  /** Whether the query holds a condition that the user wrote. */
  readonly hasUserSql: boolean;
  /** Oids of the tables that hold the rows. */
  readonly leaves: readonly number[];
}

export interface SampleTargetOptions {
  readonly samples: Readonly<Record<string, string>>;
  /** Schemas in which names without a schema are looked up. */
  readonly searchPath: readonly string[];
}

/** @throws UsageError when a sample cannot be read, names nothing that is dumped, or does not fit its table. */
export function sampleTargets(
  catalog: Catalog,
  selected: readonly SelectedRelation[],
  { samples, searchPath }: SampleTargetOptions,
): SampleTarget[] {
  const dumped = new Map(selected.map((each) => [each.relation.oid, each]));
  return Object.entries(samples).flatMap(([pattern, text]) => {
    const spec = parseSample(text, pattern);
    const targets = matchingTables(catalog, pattern, searchPath).flatMap((row) => {
      const leaves = leavesOf(catalog, row.oid).filter((oid) => dumped.has(oid));
      if (leaves.length === 0) return [];
      refuseUnfit(leaves.map((oid) => dumped.get(oid)!));
      const hasUserSql = spec.how === "where";
      return [{ text, leaves, hasUserSql, ...tableQuery(catalog, row, spec) }];
    });
    if (targets.length === 0) {
      throw new UsageError(`the sample pattern ${pattern} fits no table that is dumped`, {
        object: pattern,
        hint: "write table or schema.table",
      });
    }
    return targets;
  });
}

/** Tables that a pattern names; a partitioned one stands for its partitions. */
function matchingTables(
  catalog: Catalog,
  text: string,
  searchPath: readonly string[],
): RelationRow[] {
  const pattern = namePattern(text);
  const namespaces = namespaceNames(catalog.namespaces);
  const tables = catalog.relations.filter(({ kind, name, namespace: oid }) => {
    const namespace = namespaces.get(oid)!;
    const isTable = kind === "r" || kind === "p";
    return isTable && matchesPattern(pattern, { namespace, name }, onPath(searchPath));
  });
  const partitions = new Set(
    tables.filter(({ kind }) => kind === "p").flatMap(({ oid }) => leavesOf(catalog, oid)),
  );
  return tables.filter(({ oid }) => !partitions.has(oid));
}

function tableQuery(
  catalog: Catalog,
  row: RelationRow,
  spec: SampleSpec,
): Pick<SampleTarget, "label" | "sql"> {
  const namespace = namespaceNames(catalog.namespaces).get(row.namespace)!;
  const name = qualify(namespace, row.name);
  const label = `table ${name}`;
  const typeOf = columnTypes(catalog);
  const columns = catalog.columns.filter(({ relation }) => relation === row.oid);
  const names = new Map(columns.map((column) => [column.number, column.name]));
  const key = catalog.constraints.find(
    ({ relation, type }) => relation === row.oid && type === "p",
  );
  const sql = sampleSql(spec, {
    from: row.kind === "p" ? name : `ONLY ${name}`,
    label,
    nameCondition: nameHolds({ oid: row.oid, namespace, name: row.name }),
    keyColumns: key?.columns.map((number) => names.get(number)!) ?? [],
    storedColumns: columns.filter(({ generated }) => generated === "").map(({ name }) => name),
    types: new Map(columns.map((column) => [column.name, typeOf(row.oid, column.name)])),
  });
  return { label, sql };
}

function refuseUnfit(tables: readonly SelectedRelation[]): void {
  for (const { relation, where } of tables) {
    const object = `table ${qualify(relation.namespace, relation.name)}`;
    if (where !== null)
      throw new UsageError("a condition and a sample are given for the same table", { object });
    if (!relation.isHeap)
      throw new UsageError("a table with another access method than heap cannot be sampled", {
        object,
      });
  }
}
