/**
 * One connection as the layers above use it: rows, COPY both ways, cancel, close, with errors already translated.
 * An aborted signal stops what runs on the server and refuses everything that follows. Nothing waits for ever: what is
 * pending fails when the connection ends, and closing has a limit.
 */
import type pg from "pg";
import { AbortedError, throwIfAborted } from "../errors.ts";
import { CANCEL_GRACE_MS, requestCancel } from "./cancel.ts";
import { copyIn } from "./copy-in.ts";
import { CopyOut, type CopyOutOptions } from "./copy-out.ts";
import { driverClient, type TransactionStatus } from "./driver.ts";
import { type CommandListener, Listeners } from "./listeners.ts";
import type { WarningListener } from "./notices.ts";
import { PendingWork } from "./pending-work.ts";
import { streamRows } from "./row-stream.ts";
import { queryOf } from "./rows.ts";
import { type ErrorContext, fromPg } from "./server-error.ts";

/** Runs one statement; the context says what to blame when it fails. */
export type PgQuery = <Row>(sql: string, context?: ErrorContext) => Promise<Row[]>;

/** How the rows of a COPY are cut, and where their memory comes from. */
export type BlockOptions = Pick<CopyOutOptions, "blockBytes" | "allocate" | "rowCuts">;

export interface Connection {
  /** `database "shop" on db.example:5432 as alice`, for messages; holds no password. */
  readonly label: string;
  /** The server process, as the driver learned it when connecting; a pooler makes this up. */
  readonly processId: number;
  readonly query: PgQuery;
  /** The rows of one query, a few at a time; nothing else may run on the connection until they end. */
  rows<Row>(sql: string, context?: ErrorContext): AsyncGenerator<Row>;
  /**
   * Like `query`, but sent without waiting for the answers to earlier ones, so that the server need not wait for us. While
   * any of these runs, the connection neither copies nor streams rows.
   */
  readonly pipelinedQuery: PgQuery;
  /** Starts a COPY … TO STDOUT; its errors are the driver's, to be passed through `failure`. */
  copyOut(sql: string, blocks: BlockOptions): CopyOut;
  /** Runs a COPY … FROM STDIN and resolves with the number of rows that it took. */
  copyIn(
    sql: string,
    source: AsyncIterable<Buffer> | Iterable<Buffer>,
    context?: ErrorContext,
  ): Promise<number>;
  /**
   * Whether a COPY … FROM STDIN is one statement, so that its data can have a header and a trailer. PGlite takes each buffer
   * as a statement of its own, which must hold complete rows.
   */
  readonly copiesInOne: boolean;
  /** What to throw for an error of `copyOut`. */
  readonly failure: (error: unknown, context?: ErrorContext) => Error;
  /** Called with the text of every warning that the server sends, until the connection is closed. */
  onWarning(listener: WarningListener): void;
  /**
   * Called with the tag of every command that the server completes (`CREATE TABLE`), each of several in one text, before
   * the statement settles; until the connection is closed or another listener takes its place. Never called for PGlite,
   * which does not tell.
   */
  onCommand(listener: CommandListener): void;
  /** The transaction, as the server said after the last statement; null when it did not say. */
  transactionStatus(): TransactionStatus | null;
  /** Ends the transaction, if there is one, and closes. Never throws. A caller's own client stays open. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly label: string;
  /** TLS settings of the client, for cancel requests. */
  readonly ssl: unknown;
  readonly signal: AbortSignal | undefined;
  /** Whether the client belongs to the caller and stays open. */
  readonly borrowed: boolean;
}

export function wrapClient(
  client: pg.ClientBase,
  driver: typeof pg,
  options: ConnectionOptions,
): Connection {
  const { label, signal, borrowed } = options;
  const run = queryOf(client, driver.types);
  const pending = new PendingWork(client);
  const listeners = new Listeners(client);
  const canceller = createCanceller(client, driver, options, pending);
  signal?.addEventListener("abort", canceller.cancel);

  const failure = (error: unknown, context: ErrorContext = {}): Error => {
    if (error === listeners.thrown?.error) return error as Error;
    const translated = fromPg(error, context);
    if (translated.code === "CONNECTION") pending.markBroken();
    return signal?.aborted === true ? interrupted(context) : translated;
  };

  async function guarded<T>(context: ErrorContext | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted === true) throw interrupted(context);
    try {
      const result = await pending.race(work);
      if (listeners.thrown !== undefined) throw listeners.thrown.error;
      return result;
    } catch (error) {
      throw failure(error, context);
    }
  }

  const query: PgQuery = (sql, context) => guarded(context, () => run(sql));
  const session: Session = { client, driver, signal, pending, failure, cancel: canceller.cancel };
  return {
    label,
    processId: driverClient(client).processID ?? 0,
    query,
    pipelinedQuery: pipelined(client, query),
    rows: (sql, context) => readRows(session, sql, context),
    copyOut: (sql, blocks) => startCopyOut(session, sql, blocks),
    copyIn: (sql, source, context) => guarded(context, () => copyIn(client, sql, source)),
    copiesInOne: true,
    failure,
    onWarning: (listener) => listeners.onWarning(listener),
    onCommand: (listener) => listeners.onCommand(listener),
    // Borrowed clients can be of an older driver.
    transactionStatus: () => driverClient(client).getTransactionStatus?.() ?? null,
    async close() {
      signal?.removeEventListener("abort", canceller.cancel);
      listeners.removeAll();
      // One that came late would cancel the next statement of the client's owner.
      await canceller.settled();
      if (borrowed) await withinGrace(pending.brokenEnd());
      else await end(client as pg.Client, pending.count > 0 ? undefined : () => run("ROLLBACK"));
      pending.dispose();
    },
  };
}

/** Only the driver's own statements may be sent early, so this is on just while some run. */
function pipelined(client: pg.ClientBase, query: PgQuery): PgQuery {
  const driver = driverClient(client);
  let running = 0;
  return async (sql, context) => {
    running++;
    driver.pipeline = true;
    return query<never>(sql, context).finally(() => {
      running--;
      driver.pipeline = running > 0;
    });
  };
}

interface Session {
  readonly client: pg.ClientBase;
  readonly driver: typeof pg;
  readonly signal: AbortSignal | undefined;
  readonly pending: PendingWork;
  readonly failure: Connection["failure"];
  readonly cancel: () => void;
}

interface Canceller {
  /** For statements that are running, never for what a borrowed client's owner does afterwards. */
  readonly cancel: () => void;
  /** Resolves when no request is on its way. */
  readonly settled: () => Promise<void>;
}

function createCanceller(
  client: pg.ClientBase,
  driver: typeof pg,
  { ssl, borrowed }: ConnectionOptions,
  pending: PendingWork,
): Canceller {
  let requests: Promise<unknown> = Promise.resolve();
  return {
    cancel() {
      if (pending.count === 0) return;
      requests = Promise.all([requests, requestCancel(client, ssl, driver)]);
      const cut = setTimeout(() => {
        if (pending.count === 0) return;
        if (!borrowed) driverClient(client).connection.stream.destroy();
        pending.fail(new AbortedError("while the server was working"));
      }, CANCEL_GRACE_MS);
      cut.unref();
    },
    settled: async () => void (await requests),
  };
}

async function* readRows<Row>(
  { client, driver, signal, pending, failure }: Session,
  sql: string,
  context: ErrorContext | undefined,
): AsyncGenerator<Row> {
  if (signal?.aborted === true) throw interrupted(context);
  const rows = streamRows<Row>(client, driver.types, sql);
  let isOver = false;
  try {
    for (;;) {
      const next = await pending.race(() => rows.next());
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    isOver = true;
    throw failure(error, context);
  } finally {
    // When it was left early, this closes the cursor.
    if (!isOver) await pending.race(() => rows.return(undefined)).catch(() => undefined);
  }
}

function startCopyOut(
  { client, signal, pending, cancel }: Session,
  sql: string,
  blocks: BlockOptions,
): CopyOut {
  throwIfAborted(signal, "before a table was copied");
  const stream = new CopyOut(sql, { ...blocks, cancel });
  stream.once(
    "close",
    pending.add((error) => stream.handleError(error)),
  );
  return client.query(stream);
}

function interrupted(context: ErrorContext = {}): AbortedError {
  const { action, object } = context;
  return new AbortedError(
    action === undefined ? "while the server was working" : `while trying to ${action}`,
    { object },
  );
}

/** How long a server may take for the ROLLBACK, and then for the end of the connection. */
const CLOSE_GRACE_MS = 5000;

/**
 * The server rolls back when its client goes; asking first means that it has happened when this returns. Never throws:
 * a lost connection was reported by the statement that met it.
 */
async function end(
  client: pg.Client,
  rollBack: (() => Promise<unknown>) | undefined,
): Promise<void> {
  const isIdle = driverClient(client).getTransactionStatus?.() === "I";
  if (rollBack !== undefined && !isIdle) await withinGrace(rollBack());
  await withinGrace(client.end());
  driverClient(client).connection.stream.destroy();
}

function withinGrace(work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(limit);
      resolve();
    };
    const limit = setTimeout(done, CLOSE_GRACE_MS);
    work.then(done, done);
  });
}
