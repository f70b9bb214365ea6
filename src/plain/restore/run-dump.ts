/** Runs the statements of a plain dump and loads its rows, on the one connection of a restore's transaction. */
import { ArchiveError } from "../../errors.ts";
import type { OnProgress, Phase } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import type { ErrorContext } from "../../pg/server-error.ts";
import { type IndexBuild, indexBuild } from "../../restore/decide/index-memory.ts";
import { withoutTablespace } from "../../restore/decide/tablespaces.ts";
import { type TunedTransaction, withIndexMemory } from "../../restore/run/index-memory.ts";
import { storedOtherRows } from "../../restore/run/stored-rows.ts";
import { inSavepoint } from "../../pg/savepoint.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { startingWith } from "../../util/starting-with.ts";
import { qualified } from "../../util/label.ts";
import type { DataProgress } from "../../util/progress.ts";
import type { DumpReading } from "../read/dump-reading.ts";
import { ANY_BYTES, decodeStatement, UTF8 } from "../read/encoding.ts";
import type { CreatedObject, TableName } from "../read/created-object.ts";
import type { StatementFacts } from "../read/statement-facts.ts";
import type { WalkedStatement } from "../read/walk.ts";
import { statementContext } from "./statement-context.ts";

export interface RunDump extends Pick<TunedTransaction, "version" | "tuned"> {
  readonly transaction: KeptTransaction;
  readonly reading: DumpReading;
  readonly owner: boolean;
  readonly privileges: boolean;
  readonly noToastCompression: boolean;
  readonly noTablespaces: boolean;
  /** Whether rows of tables that the dump creates may be frozen. */
  readonly mayFreeze: boolean;
  /** The target's encoding. */
  readonly encoding: string;
  readonly hint: string | undefined;
  readonly progress: DataProgress;
  readonly onProgress: OnProgress | undefined;
  /** The line whose statement runs, for the server's warnings. */
  readonly running: { line: number | null };
}

/** Text of INSERT statements that is sent at once: psql waits for the answer to every row. */
const BATCH_BYTES = 256 * 1024;

/** Runs all of it. @returns whether it changed the session's user, for its owners and privileges. */
export async function runDump(options: RunDump): Promise<boolean> {
  const run = new DumpRun(options);
  for await (const each of options.reading.statements()) await run.statement(each);
  await run.flush();
  return run.hasAuthorized;
}

class DumpRun {
  hasAuthorized = false;
  readonly #options: RunDump;
  readonly #connection: Connection;
  /** Tables that the dump created and that hold rows themselves. */
  readonly #created = new Set<string>();
  /** COPY text of each table. */
  readonly #bytes = new Map<string, number>();
  #hasCreated = false;
  #hasRows = false;
  #phase: Phase | undefined;
  #inserts: { text: string; line: number; table: string; rows: number } | undefined;

  constructor(options: RunDump) {
    this.#options = options;
    this.#connection = options.transaction.connection;
  }

  async statement(walked: WalkedStatement): Promise<void> {
    const { facts, statement } = walked;
    if (facts.does === "insert") return this.#insert(walked, facts);
    await this.flush();
    this.#options.running.line = statement.line;
    if (facts.does === "copy") await this.#copy(walked, facts);
    else if (!this.#isLeftOut(facts)) await this.#run(walked);
    this.#options.running.line = null;
  }

  /** Sends the INSERT statements that wait. */
  async flush(): Promise<void> {
    const inserts = this.#inserts;
    this.#inserts = undefined;
    if (inserts === undefined) return;
    const { text, line, table, rows } = inserts;
    this.#options.running.line = line;
    await this.#options.transaction.runOfArchive(text, {
      action: "load rows",
      object: `table ${table} (line ${line} and those that follow)`,
      hint: this.#options.hint,
    });
    this.#options.progress.add(table, rows, text.length);
    this.#options.running.line = null;
  }

  #isLeftOut(facts: StatementFacts): boolean {
    const { does } = facts;
    const { owner, privileges, noToastCompression, noTablespaces } = this.#options;
    if (does === "own") return !owner;
    if (does === "grant") return !privileges;
    if (does === "compress") return noToastCompression;
    if (does === "set" && facts.name === "default_tablespace") return noTablespaces;
    return does === "authorize" && !owner && !privileges;
  }

  async #run(walked: WalkedStatement): Promise<void> {
    const { facts, statement } = walked;
    const written = decodeStatement(statement.bytes, walked.encoding, statement.line);
    const isPlaced = facts.does === "create" && this.#options.noTablespaces;
    const text = isPlaced ? withoutTablespace(facts.object.kind, written) : written;
    const context = statementContext(walked, text, this.#options.hint);
    if (facts.does === "create") this.#enter(this.#hasRows ? "post-data" : "pre-data");
    if (facts.does === "drop" && !this.#hasCreated) return this.#drop(text, context);
    const { transaction } = this.#options;
    const build = facts.does === "create" ? this.#indexBuild(facts.object) : undefined;
    await withIndexMemory({ ...this.#options, connection: this.#connection }, build, () =>
      transaction.runOfArchive(text, context),
    );
    if (facts.does === "authorize") this.hasAuthorized = true;
    if (facts.does !== "create") return;
    this.#hasCreated = true;
    const { kind, namespace, name, isPartitioned } = facts.object;
    if (kind === "table" && namespace !== null && !isPartitioned)
      this.#created.add(keyOf({ namespace, name }));
  }

  #indexBuild({ index }: CreatedObject): IndexBuild | undefined {
    if (index === null || index.table === null) return undefined;
    return indexBuild(index.accessMethod, this.#bytes.get(keyOf(index.table)) ?? 0);
  }

  /** Of `pg_dump --clean`: before the first object is created, what it drops need not be there, because nothing is. */
  async #drop(text: string, context: ErrorContext & { object: string }): Promise<void> {
    await inSavepoint(
      this.#connection,
      () => this.#options.transaction.runOfArchive(text, context),
      ({ sqlState }) => ABSENT.has(sqlState),
    );
  }

  #insert(
    { statement, encoding }: WalkedStatement,
    facts: Extract<StatementFacts, { does: "insert" }>,
  ): Promise<void> | undefined {
    this.#enter("data");
    const text = decodeStatement(statement.bytes, encoding, statement.line);
    const table = facts.table === null ? "?" : qualified(facts.table.namespace, facts.table.name);
    const waiting = this.#inserts;
    if (waiting === undefined)
      this.#inserts = { text, line: statement.line, table, rows: facts.rows };
    else {
      waiting.text += `\n${text}`;
      waiting.rows += facts.rows;
    }
    return this.#inserts!.text.length >= BATCH_BYTES ? this.flush() : undefined;
  }

  async #copy(
    { statement, encoding }: WalkedStatement,
    facts: Extract<StatementFacts, { does: "copy" }>,
  ): Promise<void> {
    const { table, takesOptions } = facts;
    const { reading, progress, mayFreeze } = this.#options;
    this.#enter("data");
    const text = decodeStatement(statement.bytes, encoding, statement.line);
    const name = table === null ? "" : qualified(table.namespace, table.name);
    const options = [
      ...(mayFreeze && table !== null && this.#created.has(keyOf(table)) ? ["FREEZE"] : []),
      ...this.#encodingOption(encoding),
    ];
    if (options.length > 0 && !takesOptions && encoding !== UTF8)
      throw unsupportedCopy(statement.line, encoding);
    const sql =
      options.length === 0 || !takesOptions
        ? text
        : `${text.replace(/;\s*$/, "")} WITH (${options.join(", ")})`;
    let bytes = 0;
    async function* rows(): AsyncGenerator<Buffer> {
      for await (const block of reading.copyRows(facts)) {
        bytes += block.length;
        progress.add(name, 0, block.length);
        yield block;
      }
    }
    const object = `table ${name} (COPY in line ${statement.line})`;
    const { hint } = this.#options;
    const blocks = rows();
    const first = await blocks.next();
    // COPY takes the right to insert, which a role has not on a table of an extension that somebody else made.
    const stored =
      first.done === true
        ? 0
        : await this.#connection.copyIn(sql, startingWith(first.value, blocks), {
            action: "load rows",
            object,
            hint,
          });
    if (stored !== reading.rows) {
      throw storedOtherRows(object, stored, { by: "dump", rows: reading.rows });
    }
    progress.complete(name, { rows: stored, bytes });
    if (table !== null) this.#bytes.set(keyOf(table), bytes);
  }

  #encodingOption(encoding: string): string[] {
    if (encoding === UTF8) return [];
    const name = encoding === ANY_BYTES ? this.#options.encoding : encoding;
    return [`ENCODING ${quoteLiteral(name)}`];
  }

  #enter(phase: Phase): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.#hasRows ||= phase === "data";
    this.#options.onProgress?.({ type: "phase", phase });
  }
}

/** undefined_table, undefined_object, undefined_function, invalid_schema_name, undefined_column. */
const ABSENT: ReadonlySet<string | undefined> = new Set([
  "42P01",
  "42704",
  "42883",
  "3F000",
  "42703",
]);

const keyOf = ({ namespace, name }: TableName): string => JSON.stringify([namespace, name]);

function unsupportedCopy(line: number, encoding: string): ArchiveError {
  return new ArchiveError(
    `the rows behind line ${line} are of the encoding ${encoding}, and their COPY statement has options of its own`,
    { hint: "use psql" },
    "ARCHIVE_UNSUPPORTED",
  );
}
