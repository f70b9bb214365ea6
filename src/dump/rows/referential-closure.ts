/**
 * Adds to sampled rows every row that foreign keys need: through references of tables to each other and to themselves,
 * until none is missing. Rows are known by their addresses, which are fixed in the snapshot, and are never read; memory
 * grows with the sample, not with the tables.
 */
import type { Catalog } from "../../catalog/read.ts";
import { UsageError } from "../../errors.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { matchRows, readForeignKeys, type ReadForeignKey } from "../../pg/foreign-keys.ts";
import { leavesOf } from "./partition-leaves.ts";
import { isAtAddress, rowAddress } from "./row-address.ts";
import { type SelectedRelation, whereClause } from "./selected-relation.ts";
import type { TableReader } from "./table-reader.ts";

/** The table and address of a row. */
interface AddressRow {
  readonly oid: number;
  readonly ctid: string;
}

/** Rows whose references are looked up in one statement. */
const BATCH = 5000;

export interface ClosureOptions {
  readonly catalog: Catalog;
  readonly selected: readonly SelectedRelation[];
  /** Addresses of the sampled rows, by oid of the table. Rows are added. */
  readonly sampled: ReadonlyMap<number, Set<number>>;
}

export class ReferentialClosure {
  readonly #reader: TableReader;
  readonly #catalog: Catalog;
  readonly #selected: ReadonlyMap<number, SelectedRelation>;
  readonly #sampled: ReadonlyMap<number, Set<number>>;
  /** Rows whose references were not looked up yet. */
  readonly #pending: { readonly oid: number; readonly address: number }[] = [];

  constructor(reader: TableReader, { catalog, selected, sampled }: ClosureOptions) {
    this.#reader = reader;
    this.#catalog = catalog;
    this.#selected = new Map(selected.map((each) => [each.relation.oid, each]));
    this.#sampled = sampled;
  }

  /** Adds the rows of a query, if their tables are sampled. */
  async add(
    sql: string,
    context: { action: string; object: string },
    hasUserSql: boolean,
  ): Promise<void> {
    const reader = this.#reader.allowingViews(hasUserSql);
    for await (const { oid, ctid } of reader.rows<AddressRow>(sql, context)) {
      const rows = this.#sampled.get(oid);
      const address = rowAddress(ctid);
      if (rows === undefined || rows.has(address)) continue;
      rows.add(address);
      this.#pending.push({ oid, address });
    }
  }

  /**
   * Adds all rows that are referred to.
   * @throws UsageError only when a sampled row refers to one that other options leave out.
   */
  async complete(): Promise<void> {
    const isSampled = (oid: number): boolean =>
      leavesOf(this.#catalog, oid).some((leaf) => this.#sampled.has(leaf));
    const keys = await readForeignKeys(this.#reader, {
      major: this.#catalog.version.major,
      keys: "each-table",
    });
    const toSampled = keys.filter(
      ({ child, parent }) => this.#selected.has(child) && isSampled(parent),
    );
    for (const key of toSampled) {
      if (!this.#sampled.has(key.child)) await this.#addReferencedByTable(key);
    }
    while (this.#pending.length > 0) await this.#addReferencedByBatch(toSampled);
    for (const key of keys) {
      if (this.#sampled.has(key.child) && !isSampled(key.parent)) await this.#refuseDangling(key);
    }
  }

  /** A table that is not sampled itself needs all rows that it refers to. */
  async #addReferencedByTable(key: ReadForeignKey): Promise<void> {
    const { where, hasUserSql } = this.#selected.get(key.child)!;
    const child = `(SELECT * FROM ${key.childRows}${whereClause([where])})`;
    await this.add(
      `SELECT parent.tableoid AS oid, parent.ctid FROM ${key.parentRows} AS parent
         WHERE EXISTS (SELECT FROM ${child} AS child WHERE ${matchRows(key)})`,
      contextOf(key),
      hasUserSql,
    );
  }

  /** Looks up the references of pending rows of one table. */
  async #addReferencedByBatch(keys: readonly ReadForeignKey[]): Promise<void> {
    const { oid } = this.#pending.at(-1)!;
    const batch: number[] = [];
    while (batch.length < BATCH && this.#pending.at(-1)?.oid === oid) {
      batch.push(this.#pending.pop()!.address);
    }
    for (const key of keys.filter(({ child }) => child === oid)) {
      await this.add(
        `SELECT DISTINCT parent.tableoid AS oid, parent.ctid
           FROM ${key.childRows} AS child JOIN ${key.parentRows} AS parent ON ${matchRows(key)}
           WHERE ${isAtAddress(batch, "child.")}`,
        contextOf(key),
        false,
      );
    }
  }

  /** Rows that conditions or selections leave out cannot be added. */
  async #refuseDangling(key: ReadForeignKey): Promise<void> {
    const leaves = leavesOf(this.#catalog, key.parent).map((oid) => this.#selected.get(oid));
    if (!key.validated || leaves.every((leaf) => leaf !== undefined && leaf.where === null)) return;
    const references = key.references.map(quoteIdent).join(", ");
    const dumpedParents = leaves.flatMap((leaf) => {
      if (leaf === undefined) return [];
      const { namespace, name } = leaf.relation;
      return [
        `SELECT ${references} FROM ONLY ${qualify(namespace, name)}${whereClause([leaf.where])}`,
      ];
    });
    const isMissing =
      dumpedParents.length === 0
        ? ""
        : ` AND NOT EXISTS (SELECT FROM (${dumpedParents.join(" UNION ALL ")}) AS parent WHERE ${matchRows(key)})`;
    const columns = key.columns.map((column) => `child.${quoteIdent(column)}`).join(", ");
    const context = contextOf(key);
    const reader = this.#reader.allowingViews(leaves.some((leaf) => leaf?.hasUserSql === true));
    const [row] = await reader.query<{ dangling: boolean }>(
      `SELECT EXISTS (SELECT FROM ${key.childRows} AS child
         WHERE ${isAtAddress(this.#sampled.get(key.child)!, "child.")}
           AND pg_catalog.num_nulls(${columns}) = 0${isMissing}) AS dangling`,
      context,
    );
    if (!row!.dangling) return;
    throw new UsageError(`the sample of table ${key.childTable} refers to rows that are left out`, {
      object: context.object,
      hint: `give ${key.parentTable} a sample too, instead of a condition or no rows at all`,
    });
  }
}

function contextOf({ name, childTable }: ReadForeignKey): { action: string; object: string } {
  return {
    action: "find the rows that a sample needs",
    object: `foreign key ${quoteIdent(name)} of table ${childTable}`,
  };
}
