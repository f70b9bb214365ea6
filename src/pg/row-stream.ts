/** Rows of a query one by one through a cursor, for results that may be large. Values come as the catalog layer expects. */
import type pg from "pg";
import { typesOf } from "./rows.ts";

/** Rows fetched at once. */
const BATCH_ROWS = 500;

/** @throws the driver's error. Ending early closes the cursor. */
export async function* streamRows<Row>(
  client: pg.ClientBase,
  pgTypes: typeof pg.types,
  sql: string,
): AsyncGenerator<Row> {
  const { default: QueryStream } = await import("pg-query-stream");
  const stream = client.query(
    new QueryStream(sql, [], {
      batchSize: BATCH_ROWS,
      highWaterMark: BATCH_ROWS,
      types: typesOf(pgTypes),
    }),
  );
  // An error that comes after everybody stopped listening must not end the process.
  stream.on("error", () => undefined);
  yield* stream as AsyncIterable<Row>;
}
