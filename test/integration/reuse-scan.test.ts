/** One scan of a table answers for each unit as a scan of its blocks does. */
import { expect, test } from "vitest";
import { type ScanOptions, scanUnits } from "../../src/dump/reuse/scan-units.ts";
import { scanWhole, WHOLE_SCAN_SETTINGS } from "../../src/dump/reuse/scan-whole.ts";
import { connect } from "../../src/pg/connect.ts";
import { freshDatabase } from "../support/postgres.ts";

test("all units at once, the empty ones and those behind the last one included", async () => {
  const database = await freshDatabase();
  const { connection } = await connect(database.url);
  await connection.query(`CREATE TABLE public.t (id int, note text) WITH (autovacuum_enabled = off);
    INSERT INTO public.t SELECT i, repeat('x', 700) FROM generate_series(1, 400) i`);
  const [next] = await connection.query<{ xid: string }>(
    "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text AS xid",
  );
  await connection.query(`UPDATE public.t SET note = 'short' WHERE id % 50 = 0;
    DELETE FROM public.t WHERE ctid >= '(6,0)' AND ctid < '(12,0)'`);
  for (const oldestRunning of [null, Number(next!.xid)]) {
    for (const count of [2, 5, 13, 40]) {
      const options: ScanOptions = {
        table: "public.t",
        nameCondition: "true",
        label: "table public.t",
        blocks: 3,
        count,
        oldestRunning,
      };
      await connection.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; ${WHOLE_SCAN_SETTINGS}`);
      const whole = await scanWhole(connection, options);
      expect(whole).toEqual(await scanUnits(connection, options, { first: 0, end: count }));
      await connection.query("COMMIT");
      expect(whole.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(300);
      expect(whole.some((unit) => unit.recent > 0)).toBe(oldestRunning !== null);
      if (count > 4) expect(whole.some(({ rows }) => rows === 0)).toBe(true);
    }
  }
  await connection.close();
  await database.drop();
});
