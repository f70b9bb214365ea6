/**
 * PGlite as a connection: PostgreSQL compiled to WebAssembly, in this process, with one session. Recognized by its
 * methods alone, so that the package need not be installed. COPY reads from a blob there, one part of the archive at a time.
 */
import { throwIfAborted, UnsupportedServerError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { type ErrorContext, fromPg } from "./server-error.ts";
import { listed } from "../util/format.ts";

/** A result of `exec` or `query`. */
export interface PgliteResult {
  readonly rows: readonly unknown[];
  readonly affectedRows?: number | undefined;
}

/** Parsers of values by type oid. */
export type PgliteParsers = Record<number, (text: string) => unknown>;

/** What a restore uses of a `PGlite` from `@electric-sql/pglite`. */
export interface PgliteClient {
  readonly waitReady: Promise<void>;
  /** Runs statements, and returns the result of each. */
  exec(
    sql: string,
    options?: { readonly parsers?: PgliteParsers },
  ): Promise<readonly PgliteResult[]>;
  /** Runs one statement with parameters. */
  query(
    sql: string,
    parameters: unknown[],
    options: { readonly blob: Blob },
  ): Promise<PgliteResult>;
}

export function isPglite(value: unknown): value is PgliteClient {
  return typeof value === "object" && value !== null && "waitReady" in value && "exec" in value;
}

const asText = (text: string): string => text;
/** bytea, int8, xid8, date, timestamp, timestamptz: as text, as pg returns them here. */
const PARSERS: PgliteParsers = Object.fromEntries(
  [17, 20, 5069, 1082, 1114, 1184].map((oid) => [oid, asText]),
);

const LABEL = "the PGlite database";

/** Wraps a PGlite that the caller made and keeps. */
export async function wrapPglite(
  database: PgliteClient,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  await database.waitReady;
  async function run<T>(context: ErrorContext | undefined, work: () => Promise<T>): Promise<T> {
    throwIfAborted(signal, "while the database was working");
    try {
      return await work();
    } catch (error) {
      throw fromPg(error, context);
    }
  }
  const query = <Row>(sql: string, context?: ErrorContext): Promise<Row[]> =>
    run(context, async () => {
      const results = await database.exec(sql, { parsers: PARSERS });
      return (results.at(-1)?.rows ?? []) as Row[];
    });
  return {
    label: LABEL,
    processId: 0,
    query,
    pipelinedQuery: query,
    async *rows<Row>(sql: string, context?: ErrorContext) {
      yield* await query<Row>(sql, context);
    },
    copyOut() {
      throw new UnsupportedServerError("PGlite is a target only: it cannot be dumped", {
        object: LABEL,
      });
    },
    copyIn: (sql, source, context) =>
      run(context, async () => {
        const statement = sql.replace(/ FROM STDIN( \(|$)/, " FROM '/dev/blob'$1");
        let rows = 0;
        // Each buffer holds whole rows.
        for await (const data of source) {
          throwIfAborted(signal, "while rows were loaded");
          const blob = new Blob([new Uint8Array(data)]);
          rows += (await database.query(statement, [], { blob })).affectedRows ?? 0;
        }
        return rows;
      }),
    copiesInOne: false,
    failure: (error, context) => fromPg(error, context),
    onWarning: () => undefined,
    onCommand: () => undefined,
    transactionStatus: () => null,
    // Ends the transaction of a restore that failed; without one it only warns.
    close: async () => void (await database.exec("ROLLBACK").catch(() => undefined)),
  };
}

/**
 * Refuses what PGlite lacks before anything is done.
 * @param extensions names of those that are needed.
 * @throws UnsupportedServerError only when one is not there, naming all of them.
 */
export async function refuseMissingInPglite(
  connection: Connection,
  extensions: readonly string[],
  unsupported: readonly string[],
): Promise<void> {
  const rows = await connection.query<{ name: string }>(
    "SELECT name::pg_catalog.text AS name FROM pg_catalog.pg_available_extensions",
  );
  const missing = extensions.filter((name) => !rows.some((row) => row.name === name));
  const all = [...missing.map((name) => `extension ${name}`), ...unsupported];
  if (all.length === 0) return;
  throw new UnsupportedServerError(`PGlite lacks ${listed(all)}`, {
    object: all[0],
    hint:
      missing.length > 0
        ? `give them when it is made: new PGlite({ extensions: { ${missing[0]} } }), imported from @electric-sql/pglite/contrib/${missing[0]} where it comes with PGlite`
        : "restore into a server, or choose tables without them",
  });
}
