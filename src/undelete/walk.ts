/**
 * Which rows come back: those that the conditions select, then what refers to them and is gone, then what any of these
 * refers to and is gone. Only tables that this reaches are read from the archive.
 */
import { UsageError } from "../errors.ts";
import { setLocal } from "../pg/session.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { type UndeleteConflict, UnreadableRows } from "./conflict.ts";
import { countOf, countUpdated, decideFates, isGone } from "./fates.ts";
import { changedTypes, createTable, fillTable, type LoadContext } from "./load.ts";
import { fromSources, type LoadedTable, ROLE } from "./loaded-table.ts";
import { deletesRows, isDangling, isUnmet, type Reference, refersTo } from "./references.ts";
import type { NamedTable, UndeleteTable } from "./tables.ts";

/** A condition, and the tables that it is for. */
export interface RowCondition {
  readonly pattern: string;
  readonly condition: string;
  readonly named: readonly NamedTable[];
}

export interface WalkContext extends LoadContext {
  readonly references: readonly Reference[];
  /** Whether rows of a table come along as dependents. */
  readonly takesDependents: (table: UndeleteTable) => boolean;
  /** Whether rows of a table never come along. */
  readonly isLeftOut: (table: UndeleteTable) => boolean;
}

export class Walk {
  readonly #context: WalkContext;
  /** Tables with a temporary table, by number. */
  readonly #created = new Map<number, LoadedTable>();
  /** Those whose temporary table is filled. */
  readonly #loaded = new Map<number, LoadedTable>();
  /** References of inserted rows that became null, by the number of their table. */
  readonly nulled = new Map<number, number>();

  constructor(context: WalkContext) {
    this.#context = context;
  }

  /** The tables that were loaded, in the order of the archive. */
  get loaded(): LoadedTable[] {
    return [...this.#loaded.values()].sort((a, b) => a.table.number - b.table.number);
  }

  loadedOf(table: UndeleteTable): LoadedTable | undefined {
    return this.#loaded.get(table.number);
  }

  /** @throws UnreadableRows when types of the table changed. */
  async load(table: UndeleteTable): Promise<LoadedTable> {
    const before = this.#loaded.get(table.number);
    if (before !== undefined) return before;
    await this.requireSameTypes([table]);
    const created = this.#created.get(table.number)!;
    await fillTable(this.#context, created);
    this.#loaded.set(table.number, created);
    return created;
  }

  /** @throws UnreadableRows, with the conflicts of all these tables, when types of any of them changed. */
  async requireSameTypes(tables: readonly UndeleteTable[]): Promise<void> {
    const conflicts: UndeleteConflict[] = [];
    for (const table of tables) {
      const created = this.#created.get(table.number) ?? (await createTable(this.#context, table));
      this.#created.set(table.number, created);
      const { changed } = created.typeChanges;
      if (changed.length > 0) conflicts.push(changedTypes(created, changed));
    }
    if (conflicts.length > 0) throw new UnreadableRows(conflicts);
  }

  /**
   * Selects the rows that satisfy a condition. Functions in it can write nothing but temporary tables.
   * @throws UsageError when there are none; ServerError when the condition is no SQL.
   */
  async select({ pattern, condition, named }: RowCondition): Promise<void> {
    const { connection } = this.#context;
    let count = 0;
    for (const { table, alias, sources } of named) {
      const loaded = await this.load(table);
      const sql = `
        UPDATE ${loaded.temporary} AS ${quoteIdent(alias)} SET ${ROLE} = 'selected'
        WHERE ${fromSources(quoteIdent(alias), sources)} AND (${condition}\n)`;
      await connection.query(
        `SAVEPOINT nexushub_dump; ${setLocal([["transaction_read_only", "on"]])}`,
      );
      count += await countUpdated(connection, loaded, sql);
      await connection.query("RELEASE nexushub_dump");
      await decideFates(connection, loaded);
    }
    if (count > 0) return;
    const tables = named.map(({ table }) => qualify(table.namespace, table.name));
    throw new UsageError(`no row of the archive satisfies the condition for ${pattern}`, {
      object: tables.map((name) => `table ${name}`).join(", "),
      hint: "check the condition, or look in an older archive",
    });
  }

  /** Adds the rows that refer to selected ones and are gone, and those that refer to them, and so on. */
  async addDependents(): Promise<void> {
    const queue = new Set(this.loaded.map(({ table }) => table.number));
    // A set also visits what is added while it is walked through.
    for (const number of queue) {
      queue.delete(number);
      for (const reference of this.#context.references) {
        const { child, parent } = reference;
        if (parent?.table.number !== number || !deletesRows(reference)) continue;
        if (!this.#context.takesDependents(child.table)) continue;
        if (await this.#addDependentsBy(reference)) queue.add(child.table.number);
      }
    }
  }

  async #addDependentsBy(reference: Reference): Promise<boolean> {
    const { connection } = this.#context;
    const parent = this.loadedOf(reference.parent!.table)!;
    const child = await this.load(reference.child.table);
    const count = await countUpdated(
      connection,
      child,
      `UPDATE ${child.temporary} AS child SET ${ROLE} = 'dependent' FROM ${parent.temporary} AS parent
       WHERE child.${ROLE} IS NULL AND parent.${ROLE} IN ('selected', 'dependent')
         AND ${refersTo(reference)} AND ${isGone(child, "child")}`,
    );
    if (count > 0) await decideFates(connection, child);
    return count > 0;
  }

  /** Adds the rows that inserted ones refer to and that are gone, and what these refer to, and so on. */
  async addReferenced(): Promise<void> {
    const { references, isLeftOut } = this.#context;
    const queue = new Set(this.loaded.map(({ table }) => table.number));
    for (const number of queue) {
      queue.delete(number);
      for (const reference of references) {
        const { child, parent } = reference;
        if (child.table.number !== number || parent === null || isLeftOut(parent.table)) continue;
        if (await this.#addReferencedBy(reference)) queue.add(parent.table.number);
      }
    }
  }

  async #addReferencedBy(reference: Reference): Promise<boolean> {
    const { connection } = this.#context;
    const child = this.loadedOf(reference.child.table)!;
    if (this.loadedOf(reference.parent!.table) === undefined) {
      const unmet = `${child.temporary} AS child WHERE ${isUnmet(reference)}`;
      if ((await countOf(connection, child, unmet)) === 0) return false;
    }
    const parent = await this.load(reference.parent!.table);
    const count = await countUpdated(
      connection,
      parent,
      `UPDATE ${parent.temporary} AS parent SET ${ROLE} = 'referenced' FROM ${child.temporary} AS child
       WHERE parent.${ROLE} IS NULL AND ${refersTo(reference)} AND ${isUnmet(reference)}`,
    );
    if (count > 0) await decideFates(connection, parent);
    return count > 0;
  }

  /** Empties references to rows that are gone and must not come along, where their key would have done so. */
  async emptyReferences(): Promise<void> {
    const { connection, references, isLeftOut } = this.#context;
    for (const reference of references) {
      const { key, child, parent } = reference;
      const loaded = this.loadedOf(child.table);
      if (loaded === undefined || parent === null || !isLeftOut(parent.table)) continue;
      if (key.onDelete !== "n") continue;
      const count = await countUpdated(
        connection,
        loaded,
        `UPDATE ${loaded.temporary} AS child SET ${key.deleteSets.map((column) => `${quoteIdent(column)} = NULL`).join(", ")}
         WHERE ${isDangling(reference, this.loadedOf(parent.table))}`,
      );
      const { number } = child.table;
      if (count > 0) this.nulled.set(number, (this.nulled.get(number) ?? 0) + count);
    }
  }

  /** Drops the temporary tables. */
  async dropTables(): Promise<void> {
    const { connection } = this.#context;
    for (const { temporary } of this.#created.values())
      await connection.query(`DROP TABLE ${temporary}`);
    this.#created.clear();
    this.#loaded.clear();
  }
}
