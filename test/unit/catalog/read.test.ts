/** How the catalogs are read: many statements at once on one connection, and one error. */
import { expect, test } from "vitest";
import type { Query } from "../../../src/catalog/query.ts";
import { readCatalog } from "../../../src/catalog/read.ts";
import { serverVersion } from "../../../src/catalog/version.ts";

const VERSION = serverVersion(160004);

/** A connection that answers every statement with no rows, the properties of the database excepted. */
function connection(onStatement: (action: string) => void = () => {}): {
  readonly query: Query;
  readonly mostPending: () => number;
  readonly pending: () => number;
} {
  let pending = 0;
  let most = 0;
  const query = async (_sql: string, context?: { readonly action: string }): Promise<unknown[]> => {
    pending++;
    most = Math.max(most, pending);
    await new Promise((resolve) => setImmediate(resolve));
    pending--;
    onStatement(context?.action ?? "");
    return context?.action === "read the database's properties" ? [{ isSuperuser: true }] : [];
  };
  return { query: query as Query, mostPending: () => most, pending: () => pending };
}

test("a connection has the next statements before it answered the last", async () => {
  const { query, mostPending } = connection();
  const catalog = await readCatalog(query, VERSION);
  expect(catalog.relations).toEqual([]);
  expect(mostPending()).toBeGreaterThan(50);
});

test("each kind is read by one connection", async () => {
  const actions: string[] = [];
  const [first, other] = [connection((a) => actions.push(a)), connection((a) => actions.push(a))];
  await readCatalog(first.query, VERSION, { others: [other.query] });
  expect(other.mostPending()).toBe(2);
  expect(actions).toContain("read the columns");
  expect(new Set(actions).size).toBe(actions.length);
});

test("the first error is thrown, when nothing runs any more", async () => {
  const { query, pending } = connection((action) => {
    if (action === "read the triggers") throw new Error("no triggers");
    if (action === "read the roles") throw new Error("no roles");
  });
  await expect(readCatalog(query, VERSION)).rejects.toThrow("no triggers");
  expect(pending()).toBe(0);
});
