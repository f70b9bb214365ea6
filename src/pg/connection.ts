/**
 * One connection as the layers above use it: rows, COPY both ways, cancel, close, with errors already translated.
 * An aborted signal stops what runs on the server and refuses everything that follows.
 */
import type pg from "pg";
import type { Query } from "../catalog/query.ts";
import { AbortedError, throwIfAborted } from "../errors.ts";
import { CANCEL_GRACE_MS, requestCancel } from "./cancel.ts";
import { copyIn } from "./copy-in.ts";
import { CopyOut, type CopyOutOptions } from "./copy-out.ts";
import { streamRows } from "./row-stream.ts";
import { queryOf } from "./rows.ts";
import { type ErrorContext, fromPg } from "./server-error.ts";

/** Runs one statement; the context says what to blame when it fails. */
export type PgQuery = <Row>(sql: string, context?: ErrorContext) => Promise<Row[]>;

/** How the rows of a COPY are cut, and where their memory comes from. */
export type BlockOptions = Omit<CopyOutOptions, "cancel">;

export interface Connection {
  /** `database "shop" on db.example:5432 as alice`, for messages; holds no password. */
  readonly label: string;
  /** The server process, as the driver learned it when connecting; a pooler makes this up. */
  readonly processId: number;
  readonly query: PgQuery;
  /** The rows of one query, a few at a time; nothing else may run on the connection until they end. */
  rows<Row>(sql: string, context?: ErrorContext): AsyncGenerator<Row>;
  /** Starts a COPY … TO STDOUT; its errors are the driver's, to be passed through `failure`. */
  copyOut(sql: string, blocks: BlockOptions): CopyOut;
  /** Runs a COPY … FROM STDIN and resolves with the number of rows that it took. */
  copyIn(
    sql: string,
    source: AsyncIterable<Buffer> | Iterable<Buffer>,
    context?: ErrorContext,
  ): Promise<number>;
  /** What to throw for an error of `copyOut`. */
  failure(error: unknown, context?: ErrorContext): Error;
  /** Called with the text of every warning that the server sends. */
  onWarning(listener: (message: string) => void): void;
  /** Ends the transaction, if there is one, and closes. Never throws. For a caller's own client: does nothing. */
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

/** The driver's members that its types leave out. */
interface DriverClient {
  readonly processID: number | null;
  readonly connection: { readonly stream: { destroy(error?: Error): void } };
  /** As ReadyForQuery says it: I idle, T in a transaction, E in a failed one. */
  getTransactionStatus(): "I" | "T" | "E" | null;
}

export function wrapClient(
  client: pg.ClientBase,
  driver: typeof pg,
  options: ConnectionOptions,
): Connection {
  const { label, signal, borrowed } = options;
  const inner = client as unknown as DriverClient;
  const run: Query = queryOf(client, driver.types);
  /** Statements that are running; cancelling is for these alone, never for what the caller does afterwards. */
  let running = 0;

  const cancel = (): void => {
    if (running === 0) return;
    void requestCancel(client, options.ssl, driver);
    const cut = setTimeout(() => {
      if (running > 0 && !borrowed)
        inner.connection.stream.destroy(new Error("Connection terminated"));
    }, CANCEL_GRACE_MS);
    cut.unref();
  };
  signal?.addEventListener("abort", cancel);

  const failure = (error: unknown, context: ErrorContext = {}): Error =>
    signal?.aborted === true
      ? new AbortedError(context.doing ?? "while the server was working", {
          object: context.object,
        })
      : fromPg(error, context);

  async function guarded<T>(context: ErrorContext | undefined, work: () => Promise<T>): Promise<T> {
    throwIfAborted(signal, context?.doing ?? "while the server was working");
    running++;
    try {
      return await work();
    } catch (error) {
      throw failure(error, context);
    } finally {
      running--;
    }
  }

  return {
    label,
    processId: inner.processID ?? 0,
    query: (sql, context) => guarded(context, () => run(sql)),
    async *rows<Row>(sql: string, context?: ErrorContext) {
      throwIfAborted(signal, context?.doing ?? "while the server was working");
      running++;
      try {
        yield* streamRows<Row>(client, driver.types, sql);
      } catch (error) {
        throw failure(error, context);
      } finally {
        running--;
      }
    },
    copyOut(sql, blocks) {
      throwIfAborted(signal, "before a table was copied");
      running++;
      const stream = new CopyOut(sql, { ...blocks, cancel });
      stream.once("close", () => running--);
      return client.query(stream);
    },
    copyIn: (sql, source, context) => guarded(context, () => copyIn(client, sql, source)),
    failure,
    onWarning(listener) {
      client.on("notice", ({ severity, message }) => {
        if (severity === "WARNING" && message !== undefined) listener(message);
      });
    },
    async close() {
      signal?.removeEventListener("abort", cancel);
      if (borrowed) return;
      try {
        // The server rolls back when the client goes; asking first means that it has happened when this returns.
        if (running === 0 && inner.getTransactionStatus() !== "I") await run("ROLLBACK");
      } catch {
        // A lost connection has been reported by the statement that met it.
      }
      await (client as pg.Client).end().catch(() => undefined);
    },
  };
}
