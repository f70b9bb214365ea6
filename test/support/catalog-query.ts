/** A test's own client, as catalogs are read through it. */
import pg from "pg";
import type { Query } from "../../src/catalog/query.ts";
import { driverClient } from "../../src/pg/driver.ts";
import { queryOf } from "../../src/pg/rows.ts";

/** The client's `Query`, which takes further statements before it answered the last; the client then copies nothing. */
export function catalogQuery(client: pg.ClientBase): Query {
  driverClient(client).pipeline = true;
  return queryOf(client, pg.types);
}
