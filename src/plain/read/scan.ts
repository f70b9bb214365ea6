/** Reads a plain dump to its end, and says what it holds: before a restore changes anything, and for `inspect` and `verify`. */
import type { ArchiveSource } from "../../archive/storage/store.ts";
import type { OnProgress } from "../../events.ts";
import { qualified } from "../../util/label.ts";
import { dataProgress } from "../../util/progress.ts";
import type { PlainContents, PlainRelation } from "../contents.ts";
import { DumpReader } from "./dump-reader.ts";
import { compressionOf, dumpText } from "./dump-text.ts";
import type { CreatedObject, StatementFacts, TableName } from "./statement-facts.ts";
import { type DumpRefusal, DumpWalk } from "./walk.ts";

/** A table that rows go into. */
export interface FilledTable extends TableName {
  columns: readonly string[];
  rows: number;
  bytes: number;
}

export interface DumpScan {
  readonly contents: PlainContents;
  readonly created: readonly CreatedObject[];
  readonly tables: readonly FilledTable[];
  /** Roles that statements name which give owners, and privileges. */
  readonly owners: readonly string[];
  readonly grantees: readonly string[];
}

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The most refusals that are kept. */
const MOST_REFUSALS = 100;

/** @throws ArchiveError only when the file is damaged, or the text ends within something. */
export async function scanDump(
  source: ArchiveSource,
  { signal, onProgress }: ScanOptions = {},
): Promise<DumpScan> {
  const reader = new DumpReader(dumpText(source, signal));
  const refusals: DumpRefusal[] = [];
  const walk = new DumpWalk(reader, (refusal) => {
    if (refusals.length < MOST_REFUSALS) refusals.push(refusal);
  });
  const tally = new Tally();
  const progress = dataProgress(onProgress, source.size);
  try {
    for await (const { statement, facts } of walk.statements()) {
      tally.add(facts, statement.bytes.length);
      if (facts.does !== "copy") continue;
      const name = facts.table === null ? "" : qualified(facts.table.namespace, facts.table.name);
      let bytes = 0;
      for await (const block of reader.copyRows()) {
        bytes += block.length;
        progress.add(name, 0, block.length);
      }
      tally.addRows(facts.table, facts.columns, { rows: reader.rows, bytes });
    }
  } finally {
    await reader.close();
  }
  return tally.scan({
    ...walk.origin,
    format: "plain",
    compression: await compressionOf(source),
    isComplete: walk.isComplete,
    fileBytes: source.size,
    textBytes: reader.bytes,
    refusals,
  });
}

type Outside = Pick<
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

class Tally {
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

  scan(outside: Outside): DumpScan {
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
        ...outside,
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
