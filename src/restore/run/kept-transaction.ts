/**
 * Keeps a restore in one transaction. A statement of an archive can hold COMMIT, ROLLBACK or a savepoint, which no dump
 * writes, alone or behind others in the same text. The server says with every answer which commands it completed and
 * whether a transaction is open, so looking at both costs nothing; whether it is still the same transaction is asked once,
 * in the end.
 */
import {
  AbortedError,
  ConnectionError,
  type NexushubDumpError,
  ServerError,
} from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { ErrorContext } from "../../pg/server-error.ts";
import { quoteLiteral } from "../../sql/literal.ts";

/** The archive's statement that runs, and its object, for people. */
export interface ArchiveStatement {
  readonly object: string;
  readonly statement: string;
}

/** Tags of the commands that control transactions. `PREPARE` alone, a prepared statement, is none of them. */
const CONTROL: ReadonlySet<string> = new Set([
  "BEGIN",
  "START TRANSACTION",
  "COMMIT",
  "ROLLBACK",
  "PREPARE TRANSACTION",
  "COMMIT PREPARED",
  "ROLLBACK PREPARED",
  "SAVEPOINT",
  "RELEASE",
]);

interface Control {
  readonly tag: string;
  readonly by: ArchiveStatement | undefined;
}

/** `pg_xact_status()`: how the transaction ended, or that it has not. */
type XactStatus = "committed" | "aborted" | "in progress";

export class KeptTransaction {
  /** The connection, whose every statement fails once the transaction is not the restore's any more. */
  readonly connection: Connection;
  readonly #bare: Connection;
  #id: string | undefined;
  #statement: ArchiveStatement | undefined;
  /** The first command of the archive that controlled the transaction. */
  #control: Control | undefined;
  #lastTag: string | undefined;
  #isLost = false;

  constructor(connection: Connection) {
    this.#bare = connection;
    connection.onCommand((tag) => {
      this.#lastTag = tag;
      if (this.#statement !== undefined && CONTROL.has(tag))
        this.#control ??= { tag, by: this.#statement };
    });
    this.connection = {
      ...connection,
      query: (sql, context) => this.#check(() => connection.query(sql, context), context),
      copyIn: (sql, source, context) =>
        this.#check(() => connection.copyIn(sql, source, context), context),
    };
  }

  /** Whether a statement of the archive controlled it, so that a rollback may not have undone everything. */
  get wasControlled(): boolean {
    return this.#isLost || this.#control !== undefined;
  }

  /** Remembers which transaction it is. Assigns an id to it, so it must not be called on a standby. */
  async remember(): Promise<void> {
    this.#id = await this.#currentId();
  }

  /** Runs a statement of the archive, in which no transaction may be controlled. */
  async runOfArchive(statement: string, context: ErrorContext & { object: string }): Promise<void> {
    this.#statement = { object: context.object, statement };
    try {
      await this.connection.query(statement, context);
    } catch (error) {
      throw this.#control === undefined ? error : controlled(this.#control, error);
    } finally {
      this.#statement = undefined;
    }
  }

  /** @throws ServerError only when the transaction is not the one that was remembered. */
  async requireSame(): Promise<void> {
    if ((await this.#currentId()) !== this.#id) throw this.#ended(undefined);
  }

  /**
   * Ends the transaction, and looks whether the server did so.
   * @throws ServerError only when it did not; ConnectionError or AbortedError when that is not known.
   */
  async end(how: "COMMIT" | "ROLLBACK"): Promise<void> {
    const action = how === "COMMIT" ? "commit" : "roll back";
    this.#lastTag = undefined;
    try {
      await this.#bare.query(how, { action });
    } catch (error) {
      if (how === "COMMIT") throw uncertain(error);
      throw error;
    }
    const status = this.#bare.transactionStatus();
    if ((this.#lastTag ?? how) === how && (status ?? "I") === "I") return;
    throw new ServerError(
      `cannot ${action}: the server answered with ${this.#lastTag ?? "nothing"}`,
      {
        object: this.#bare.label,
        hint: how === "COMMIT" ? "nothing was committed" : LOOK,
      },
    );
  }

  /**
   * Rolls back after a failure and asks what became of the transaction.
   * @returns the error to throw: the failure itself, or that the archive had committed before.
   */
  async afterFailure(failure: unknown): Promise<unknown> {
    if (this.#id === undefined || isOver(failure)) return failure;
    let status: XactStatus | null;
    try {
      await this.#bare.query("ROLLBACK");
      const [row] = await this.#bare.query<{ status: XactStatus | null }>(
        `SELECT pg_catalog.pg_xact_status(${quoteLiteral(this.#id)}::pg_catalog.xid8) AS status`,
      );
      status = row!.status;
    } catch {
      return failure;
    }
    this.#isLost = status === "committed" || status === "in progress";
    if (status === "committed")
      return this.#control === undefined
        ? committedBefore(failure, this.#bare.label)
        : committedBy(this.#control, failure);
    if (status === "in progress") return leftPrepared(failure, this.#bare.label);
    return failure;
  }

  async #check<T>(run: () => Promise<T>, context: ErrorContext | undefined): Promise<T> {
    const result = await run();
    if (this.#control !== undefined) throw controlled(this.#control, undefined);
    if ((this.#bare.transactionStatus() ?? "T") !== "T") throw this.#ended(context);
    return result;
  }

  async #currentId(): Promise<string> {
    const [row] = await this.connection.query<{ id: string }>(
      "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text AS id",
    );
    return row!.id;
  }

  #ended(context: ErrorContext | undefined): ServerError {
    this.#isLost = true;
    return new ServerError("a statement of the archive ended the transaction of the restore", {
      object: context?.object ?? this.#bare.label,
      statement: context?.statement,
      hint: LOOK,
    });
  }
}

const LOOK = "the target may have been changed: look at it, and do not restore this archive again";
const LOOK_AT_CHANGES = "look at the target, and do not restore this archive again";

/** Whether the connection takes no statements any more. */
function isOver(failure: unknown): boolean {
  return failure instanceof ConnectionError || failure instanceof AbortedError;
}

function controlled({ tag, by }: Control, cause: unknown): ServerError {
  return new ServerError(
    `a statement of the archive controls the transaction of the restore: ${tag}`,
    { object: by?.object, statement: by?.statement, hint: LOOK, cause },
  );
}

/** When the transaction was committed, by a statement that is known. */
function committedBy({ tag, by }: Control, cause: unknown): ServerError {
  return new ServerError(
    `a statement of the archive committed the transaction of the restore, so the target was changed: ${tag}`,
    {
      object: by?.object,
      statement: by?.statement,
      hint: LOOK_AT_CHANGES,
      cause,
    },
  );
}

function committedBefore(failure: unknown, label: string): ServerError {
  const { object = label, statement } = failure as ServerError;
  return new ServerError(
    `a statement of the archive committed the transaction of the restore, so the target was changed; then: ${(failure as Error).message}`,
    {
      object,
      statement,
      hint: LOOK_AT_CHANGES,
      cause: failure,
    },
  );
}

function leftPrepared(failure: unknown, label: string): ServerError {
  const { object = label, statement } = failure as ServerError;
  return new ServerError(
    "a statement of the archive prepared the transaction of the restore, which is still open and holds its locks",
    {
      object,
      statement,
      hint: "find it in pg_prepared_xacts and end it with ROLLBACK PREPARED",
      cause: failure,
    },
  );
}

/** A connection that ends during COMMIT does not say whether it came before or after. */
function uncertain(error: unknown): unknown {
  const { message, object, cause } = error as NexushubDumpError;
  const hint = "the server may have committed the restore or not: look at the target";
  if (error instanceof ConnectionError)
    return new ConnectionError(message, { object, hint, cause });
  if (error instanceof AbortedError)
    return new AbortedError("while committing", { object, hint, cause });
  return error;
}
