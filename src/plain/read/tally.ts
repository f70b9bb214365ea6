/** Counts what a plain dump holds, statement by statement, while it is read: to scan it, or to run it. */
import type { PlainContents, PlainRelation } from "../contents.ts";
import type { CreatedObject, TableName } from "./created-object.ts";
import type { StatementFacts } from "./statement-facts.ts";

/** A table that rows go into. */
export interface FilledTable extends TableName {
  columns: readonly string[];
  rows: number;
  bytes: number;
}

/** What a plain dump, or its beginning, holds. */
export interface DumpScan {
  readonly contents: PlainContents;
  readonly created: readonly CreatedObject[];
  readonly tables: readonly FilledTable[];
  /** Roles that statements name which give owners, and privileges. */
  readonly owners: readonly string[];
  readonly grantees: readonly string[];
}

/** What is known of the file apart from its statements. */
export type FileFacts = Pick<
  PlainContents,
  | "format"
  | "dumpedBy"
  | "serverVersion"
  | "compression"
  | "isComplete"
  | "fileBytes"
  | "textBytes"
  | "refusals"
>;

export class DumpTally {
  readonly #created: CreatedObject[] = [];
  readonly #kinds = new Map<string, number>();
  readonly #tables = new Map<string, FilledTable>();
  readonly #owners = new Set<string>();
  readonly #grantees = new Set<string>();
  #sequences = 0;
  #owned = 0;
  #granted = 0;

  add(facts: StatementFacts, bytes: number): void {
    switch (facts.does) {
      case "create":
        this.#created.push(facts.object);
        this.#count(facts.object.kind);
        break;
      case "change":
        this.#count(facts.kind);
        break;
      case "insert":
        this.addRows(facts.table, [], { rows: facts.rows, bytes });
        break;
      case "position":
        this.#sequences++;
        break;
      case "own":
        this.#owned++;
        for (const role of facts.roles) this.#owners.add(role);
        break;
      case "grant":
        this.#granted++;
        for (const role of facts.roles) this.#grantees.add(role);
        break;
      case "authorize":
      case "begin":
      case "commit":
      case "compress":
      case "copy":
      case "drop":
      case "other":
      case "refused":
      case "set":
        break;
    }
  }

  addRows(
    table: TableName | null,
    columns: readonly string[],
    { rows, bytes }: Pick<PlainRelation, "rows" | "bytes">,
  ): void {
    if (table === null) return;
    const key = JSON.stringify([table.namespace, table.name]);
    const before = this.#tables.get(key);
    if (before === undefined) {
      this.#tables.set(key, { ...table, columns, rows, bytes });
      return;
    }
    before.rows += rows;
    before.bytes += bytes;
  }

  scan(file: FileFacts): DumpScan {
    const tables = [...this.#tables.values()];
    const relations = tables
      .filter(({ rows }) => rows > 0)
      .map(({ namespace, name, rows, bytes }) => ({ namespace, name, rows, bytes }));
    return {
      created: this.#created,
      tables,
      owners: [...this.#owners].sort(),
      grantees: [...this.#grantees].sort(),
      contents: {
        ...file,
        rows: relations.reduce((sum, { rows }) => sum + rows, 0),
        bytes: relations.reduce((sum, { bytes }) => sum + bytes, 0),
        objects: [...this.#kinds]
          .map(([kind, count]) => ({ kind, count }))
          .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
        relations,
        sequences: this.#sequences,
        owners: this.#owned,
        privileges: this.#granted,
      },
    };
  }

  #count(kind: string): void {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }
}
