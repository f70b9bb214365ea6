/** Reads a folder of migrations: which tool's it is, its files in order, and a digest of everything in it. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../errors.ts";
import { systemReason } from "../../util/system-reason.ts";

/** The tools whose folders are recognized. */
export type MigrationTool = "prisma" | "drizzle" | "golang-migrate" | "knex";

/** One step of the schema, as its tool names it. */
export interface Migration {
  /** `20240101120000_init`, `0000_init`, `000001_init`. */
  readonly name: string;
  /** Its text; programs are not run here. */
  readonly sql: string;
  /** Drizzle's time of it, in milliseconds since 1970; 0 for others. */
  readonly when: number;
}

export interface MigrationFolder {
  readonly tool: MigrationTool;
  /** In the order in which they are applied. */
  readonly migrations: readonly Migration[];
  /** Hex digits of SHA-256, over names and contents of all files. */
  readonly digest: string;
}

/** No folder of migrations is larger; what is larger is something else. */
const MAX_FILES = 20_000;

/** @throws UsageError only when the folder cannot be read, or is none of a known tool. */
export async function readMigrations(folder: string | URL): Promise<MigrationFolder> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const files = await readFiles(path);
  const tool = toolOf([...files.keys()]);
  if (tool === undefined) {
    throw new UsageError(`openFixture: ${path} holds no migrations of a known tool`, {
      object: path,
      hint: "give the folder of Prisma (with NAME/migration.sql), Drizzle (with meta/_journal.json), golang-migrate (NUMBER_NAME.up.sql) or Knex; for others give prepare and prepareKey",
    });
  }
  const digest = createHash("sha256");
  for (const [name, text] of files)
    digest.update(`${name}\0${createHash("sha256").update(text).digest("hex")}\n`);
  return { tool, migrations: migrationsOf(tool, files, path), digest: digest.digest("hex") };
}

/** All files, by their name below the folder with slashes, in the order of names. */
async function readFiles(path: string): Promise<Map<string, string>> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(path, sep).length))
      .sort();
    if (names.length > MAX_FILES) throw new Error("it holds too many files");
    const files = new Map<string, string>();
    for (const name of names)
      files.set(name.replaceAll(sep, "/"), await readFile(join(path, name), "utf8"));
    return files;
  } catch (cause) {
    throw new UsageError(`openFixture: cannot read the migrations: ${systemReason(cause)}`, {
      object: path,
      cause,
    });
  }
}

const PRISMA = /^([^/]+)\/migration\.sql$/;
const GOLANG = /^(\d+)_.*\.up\.sql$/;
const KNEX = /^\d{14}_.*\.[cm]?[jt]s$/;
const JOURNAL = "meta/_journal.json";

function toolOf(names: readonly string[]): MigrationTool | undefined {
  if (names.includes(JOURNAL)) return "drizzle";
  if (names.some((name) => PRISMA.test(name))) return "prisma";
  if (names.some((name) => GOLANG.test(name))) return "golang-migrate";
  return names.some((name) => KNEX.test(name)) ? "knex" : undefined;
}

function migrationsOf(
  tool: MigrationTool,
  files: ReadonlyMap<string, string>,
  path: string,
): Migration[] {
  const matching = (pattern: RegExp, name: (match: RegExpExecArray) => string): Migration[] =>
    [...files].flatMap(([file, sql]) => {
      const match = pattern.exec(file);
      return match === null ? [] : [{ name: name(match), sql, when: 0 }];
    });
  switch (tool) {
    case "prisma":
      return matching(PRISMA, (match) => match[1]!);
    case "golang-migrate":
      // Numbers may have no zeros in front.
      return matching(GOLANG, (match) => match[1]!).sort((a, b) =>
        BigInt(a.name) < BigInt(b.name) ? -1 : 1,
      );
    case "knex":
      return matching(KNEX, (match) => match[0]);
    case "drizzle":
      return drizzleMigrations(files, path);
  }
}

function drizzleMigrations(files: ReadonlyMap<string, string>, path: string): Migration[] {
  try {
    const { entries } = JSON.parse(files.get(JOURNAL)!) as {
      readonly entries: readonly { readonly tag: string; readonly when: number }[];
    };
    return entries.map(({ tag, when }) => {
      const sql = files.get(`${tag}.sql`);
      if (sql === undefined || !Number.isSafeInteger(when)) throw new Error(`it lacks ${tag}.sql`);
      return { name: tag, sql, when };
    });
  } catch (cause) {
    throw new UsageError(`openFixture: ${JOURNAL} of the migrations makes no sense`, {
      object: path,
      cause,
    });
  }
}
