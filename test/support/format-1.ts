/** The archives that a release of format 1 wrote: test/archives/format-1/make.mjs says how. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decryptArchive } from "../../src/archive/encryption/age.ts";
import type { ArchiveOrigin } from "../../src/archive/storage/source.ts";
import type { TestDatabase } from "./postgres.ts";

const FOLDER = fileURLToPath(new URL("../archives/format-1/", import.meta.url));

export const format1Path = (name: string): string => `${FOLDER}${name}`;

/** The key of key.tar.gz. */
export const FORMAT_1_KEY = Buffer.from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "base64");

/** The archives that hold every object and every row. */
export const COMPLETE_ARCHIVES = [
  "gzip.tar.gz",
  "none.tar",
  "reproducible.tar.gz",
  "key.tar.gz",
  "encrypted.tar.gz.age",
] as const;

/** Those from which something was left out. */
export const PARTIAL_ARCHIVES = [
  "masked.tar.gz",
  "sample.tar.gz",
  "data-only.tar.gz",
  "schema-only.tar.gz",
  "selected.tar.gz",
] as const;

export function format1Archive(name: string): ArchiveOrigin {
  const path = format1Path(name);
  return name.endsWith(".age")
    ? decryptArchive(path, { identityFiles: [format1Path("identity.txt")] })
    : path;
}

/** For each table the number of rows and a digest of their text, as `SELECT_ROWS` gives them. */
export const FORMAT_1_ROWS = JSON.parse(readFileSync(format1Path("rows.json"), "utf8")) as Readonly<
  Record<string, string>
>;

/** The same of a database, as test/archives/format-1/make.mjs computes it. */
export async function rowsOf(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(
    "SELECT format('%I', relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
  );
  const facts: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await database.query<{ f: string }>(
      `SET timezone = 'UTC'; SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text COLLATE "C")), 'none') AS f FROM ONLY ${name} AS t`,
    );
    facts[name] = row!.f;
  }
  return facts;
}
