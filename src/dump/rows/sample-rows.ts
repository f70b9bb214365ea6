/**
 * Chooses the rows of samples, and with them every row that foreign keys need: upwards, through references of a table to
 * itself and circles, until nothing is missing. Rows are known by their place (`ctid`), which is fixed in the snapshot,
 * and are never read; memory grows with the sample (some 40 bytes a row), not with the tables.
 */
import type { Catalog } from "../../catalog/read.ts";
import { UsageError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { DataRelation } from "../../plan/data-relations.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { matchesPattern, namePattern, onPath } from "../../sql/pattern.ts";
import { columnTypes } from "../column-types.ts";
import { matchRows, readForeignKeys, type ReadForeignKey } from "./foreign-keys.ts";
import { leavesOf } from "./mask-check.ts";
import { parseSample, sampleSql } from "./sample.ts";
import { type SelectedRelation, whereClause } from "./select-list.ts";
import { namespaceNames } from "../../catalog/namespace.ts";

interface Place {
  readonly oid: number;
  readonly ctid: string;
}

/** Rows whose references are looked up in one statement. */
const BATCH = 5000;
/** More offsets than a page can have. */
const OFFSETS = 65_536;

const encode = (ctid: string): number => {
  const [, block, offset] = /^\((\d+),(\d+)\)$/.exec(ctid)!;
  return Number(block) * OFFSETS + Number(offset);
};
const decode = (place: number): string => `"(${Math.floor(place / OFFSETS)},${place % OFFSETS})"`;

/** A condition that holds for these rows alone. */
function places(rows: Iterable<number>, table = ""): string {
  const list = [...rows].sort((a, b) => a - b);
  if (list.length === 0) return "false";
  return `${table}ctid = ANY (${quoteLiteral(`{${list.map(decode).join(",")}}`)}::pg_catalog.tid[])`;
}

/**
 * Replaces the conditions of sampled relations by their chosen rows.
 * @throws UsageError when a sample cannot be read or names nothing that is dumped.
 */
export async function sampleRows(
  connection: Connection,
  catalog: Catalog,
  selected: readonly SelectedRelation[],
  samples: Readonly<Record<string, string>>,
  searchPath: readonly string[],
): Promise<SelectedRelation[]> {
  const targets = sampledTables(catalog, selected, samples, searchPath);
  const chosen = new Map<number, Set<number>>();
  const texts = new Map<number, string>();
  for (const { text, leaves } of targets) {
    for (const oid of leaves) {
      if (chosen.has(oid)) {
        throw new UsageError("two samples are given for the same table", { object: text });
      }
      chosen.set(oid, new Set());
      texts.set(oid, text);
    }
  }
  const referentialClosure = new ReferentialClosure(connection, catalog, selected, chosen);
  for (const { sql, label } of targets)
    await referentialClosure.add(sql, { action: "choose the sample", object: label });
  await referentialClosure.complete();

  const result: SelectedRelation[] = [];
  for (const one of selected) {
    const rows = chosen.get(one.relation.oid);
    if (rows === undefined) {
      result.push(one);
      continue;
    }
    const total = await countRows(connection, one.relation);
    result.push({
      ...one,
      // One statement: the rows are named, so ranges of blocks would only name them again.
      relation: { ...one.relation, pages: 0 },
      where: places(rows),
      note: `sample: ${texts.get(one.relation.oid)!} (${rows.size} of ${total} rows, ${total - rows.size} left out)`,
    });
  }
  return result;
}

async function countRows(connection: Connection, relation: DataRelation): Promise<number> {
  const [row] = await connection.query<{ count: string }>(
    `SELECT pg_catalog.count(*) AS count FROM ONLY ${qualify(relation.namespace, relation.name)}`,
  );
  return Number(row!.count);
}

interface Target {
  readonly text: string;
  readonly label: string;
  readonly sql: string;
  /** Tables that its rows lie in. */
  readonly leaves: readonly number[];
}

function sampledTables(
  catalog: Catalog,
  selected: readonly SelectedRelation[],
  samples: Readonly<Record<string, string>>,
  searchPath: readonly string[],
): Target[] {
  const dumped = new Map(selected.map((one) => [one.relation.oid, one]));
  const namespaces = namespaceNames(catalog.namespaces);
  const typeOf = columnTypes(catalog);
  return Object.entries(samples).flatMap(([text, how]) => {
    const pattern = namePattern(text);
    const spec = parseSample(how, text);
    const found = catalog.relations.filter(({ kind, name, namespace: oid }) => {
      const namespace = namespaces.get(oid)!;
      const fits = matchesPattern(pattern, { namespace, name }, onPath(searchPath));
      return fits && (kind === "r" || kind === "p");
    });
    // A partitioned table stands for its partitions.
    const covered = new Set(
      found.filter(({ kind }) => kind === "p").flatMap(({ oid }) => leavesOf(catalog, oid)),
    );
    const targets = found
      .filter(({ oid }) => !covered.has(oid))
      .flatMap((row): Target[] => {
        const leaves = leavesOf(catalog, row.oid).filter((oid) => dumped.has(oid));
        if (leaves.length === 0) return [];
        const label = qualify(namespaces.get(row.namespace)!, row.name);
        refuseUnfit(leaves.map((oid) => dumped.get(oid)!));
        const columns = catalog.columns.filter(({ relation }) => relation === row.oid);
        const key = catalog.constraints.find(
          ({ relation, type }) => relation === row.oid && type === "p",
        );
        const names = new Map(columns.map(({ number, name }) => [number, name]));
        const sql = sampleSql(spec, {
          from: row.kind === "p" ? label : `ONLY ${label}`,
          label: `table ${label}`,
          keyColumns: key?.columns.map((number) => names.get(number)!) ?? [],
          types: new Map(columns.map(({ name }) => [name, typeOf(row.oid, name)])),
        });
        return [{ text: how, label: `table ${label}`, sql, leaves }];
      });
    if (targets.length === 0) {
      throw new UsageError(`the sample pattern ${text} fits no table that is dumped`, {
        object: text,
        hint: "write table or schema.table",
      });
    }
    return targets;
  });
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

/** Grows the chosen rows until every reference from what is dumped leads to a row that is dumped. */
class ReferentialClosure {
  readonly #connection: Connection;
  readonly #selected: ReadonlyMap<number, SelectedRelation>;
  readonly #chosen: ReadonlyMap<number, Set<number>>;
  readonly #catalog: Catalog;
  /** Rows whose references were not looked up yet. */
  readonly #open: { readonly oid: number; readonly place: number }[] = [];

  constructor(
    connection: Connection,
    catalog: Catalog,
    selected: readonly SelectedRelation[],
    chosen: ReadonlyMap<number, Set<number>>,
  ) {
    this.#connection = connection;
    this.#catalog = catalog;
    this.#selected = new Map(selected.map((one) => [one.relation.oid, one]));
    this.#chosen = chosen;
  }

  /** Adds the rows that a query names, as far as their tables are sampled. */
  async add(sql: string, context: { action: string; object: string }): Promise<void> {
    for await (const { oid, ctid } of this.#connection.rows<Place>(sql, context)) {
      const rows = this.#chosen.get(oid);
      const place = encode(ctid);
      if (rows === undefined || rows.has(place)) continue;
      rows.add(place);
      this.#open.push({ oid, place });
    }
  }

  async complete(): Promise<void> {
    const sampled = (oid: number): boolean =>
      leavesOf(this.#catalog, oid).some((leaf) => this.#chosen.has(leaf));
    const all = await readForeignKeys(this.#connection, this.#catalog.version.major);
    const keys = all.filter(({ child, parent }) => this.#selected.has(child) && sampled(parent));
    // Tables that are dumped whole need all that they refer to.
    for (const key of keys) {
      if (this.#chosen.has(key.child)) continue;
      const { where } = this.#selected.get(key.child)!;
      const child = `(SELECT * FROM ONLY ${key.childTable}${whereClause([where])})`;
      await this.add(
        `SELECT parent.tableoid AS oid, parent.ctid FROM ${key.parentTable} AS parent
         WHERE EXISTS (SELECT FROM ${child} AS child WHERE ${matchRows(key)})`,
        contextOf(key),
      );
    }
    while (this.#open.length > 0) {
      const { oid } = this.#open.at(-1)!;
      const batch: number[] = [];
      while (batch.length < BATCH && this.#open.at(-1)?.oid === oid)
        batch.push(this.#open.pop()!.place);
      for (const key of keys.filter(({ child }) => child === oid)) {
        await this.add(
          `SELECT DISTINCT parent.tableoid AS oid, parent.ctid
           FROM ONLY ${key.childTable} AS child JOIN ${key.parentTable} AS parent ON ${matchRows(key)}
           WHERE ${places(batch, "child.")}`,
          contextOf(key),
        );
      }
    }
    for (const key of all) {
      if (this.#chosen.has(key.child) && !sampled(key.parent)) await this.#refuseDangling(key);
    }
  }

  /** What other options leave out cannot come along. */
  async #refuseDangling(key: ReadForeignKey): Promise<void> {
    const leaves = leavesOf(this.#catalog, key.parent).map((oid) => this.#selected.get(oid));
    if (!key.validated || leaves.every((leaf) => leaf !== undefined && leaf.where === null)) return;
    const list = key.references.map(quoteIdent).join(", ");
    const there = leaves.flatMap((leaf) => {
      if (leaf === undefined) return [];
      const { namespace, name } = leaf.relation;
      return [`SELECT ${list} FROM ONLY ${qualify(namespace, name)}${whereClause([leaf.where])}`];
    });
    const missing =
      there.length === 0
        ? ""
        : ` AND NOT EXISTS (SELECT FROM (${there.join(" UNION ALL ")}) AS parent WHERE ${matchRows(key)})`;
    const columns = key.columns.map((column) => `child.${quoteIdent(column)}`).join(", ");
    const context = contextOf(key);
    const [row] = await this.#connection.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM ONLY ${key.childTable} AS child
         WHERE ${places(this.#chosen.get(key.child)!, "child.")}
           AND pg_catalog.num_nulls(${columns}) = 0${missing}) AS found`,
      context,
    );
    if (!row!.found) return;
    throw new UsageError(`the sample of table ${key.childTable} refers to rows that are left out`, {
      object: context.object,
      hint: `give ${key.parentTable.replace(/^ONLY /, "")} a sample too, instead of a condition or no rows at all`,
    });
  }
}

function contextOf({ name, childTable }: ReadForeignKey): { action: string; object: string } {
  return {
    action: "find the rows that a sample needs",
    object: `foreign key ${quoteIdent(name)} of table ${childTable}`,
  };
}
