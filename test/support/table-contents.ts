/** Checksums of all rows of a database, to see that nothing else was touched. */
import { escapeIdentifier } from "pg";
import type { TestDatabase } from "./postgres.ts";

/** For each table with rows of its own, and each sequence, a text that differs when a row does. */
export async function contentsOf(database: TestDatabase): Promise<Record<string, string>> {
  const relations = await database.query<{ schema: string; name: string; kind: string }>(`
    SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 2`);
  const contents: Record<string, string> = {};
  if (relations.length === 0) return contents;
  const parts = relations.map(({ schema, name, kind }) => {
    const qualified = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    const text = kind === "S" ? "format('%s %s', t.last_value, t.is_called)" : "t::text";
    return `SELECT '${qualified.replaceAll("'", "''")}' AS name,
      count(*) || ' ' || COALESCE(md5(string_agg(${text}, E'\\n' ORDER BY ${text})), '') AS sum FROM ONLY ${qualified} t`;
  });
  for (const { name, sum } of await database.query<{ name: string; sum: string }>(
    `${parts.join(" UNION ALL ")} ORDER BY name`,
  ))
    contents[name] = sum;
  return contents;
}
