// Brings one table back from an archive, beside what is there: fails when the table exists, unless --force is given.
// node restore-one-table.mjs backup.tar.gz public.wg_peers [--force]
import { restore } from "nexushub-dump";

const [archive, table, force] = process.argv.slice(2);
const result = await restore(archive, process.env.DATABASE_URL, {
  tables: [table],
  force: force === "--force",
});
for (const { namespace, name, rows } of result.relations)
  console.log(`${namespace}.${name}: ${rows} rows`);
for (const warning of result.warnings) console.warn(warning);
