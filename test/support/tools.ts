/** PostgreSQL's own client programs, where the machine has them: what our output is compared with. */
import { execFile, execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface Tool {
  readonly path: string;
  readonly major: number;
}

function describe(path: string): Tool | undefined {
  try {
    const text = execFileSync(path, ["--version"], { encoding: "utf8", stdio: "pipe" });
    const major = /\(PostgreSQL\) (\d+)/.exec(text)?.[1];
    return major === undefined ? undefined : { path, major: Number(major) };
  } catch {
    return undefined;
  }
}

type ToolName = "pg_dump" | "pg_dumpall" | "pg_restore" | "psql";

const toolsByName = new Map<ToolName, readonly Tool[]>();

/** The copies of a program, looked for once: Debian's wrapper takes longer to tell its version than a dump lasts. */
function findTools(name: ToolName): readonly Tool[] {
  const tools = toolsByName.get(name) ?? installedTools(name);
  toolsByName.set(name, tools);
  return tools;
}

/** Every copy of a program in PATH and in Debian's and Red Hat's folders for several majors, newest first. */
function installedTools(name: ToolName): Tool[] {
  const folders = (process.env["PATH"] ?? "").split(":").filter(Boolean);
  for (const base of ["/usr/lib/postgresql", "/usr"]) {
    try {
      const versions = readdirSync(base).filter((entry) => /^(pgsql-)?\d+$/.test(entry));
      folders.push(...versions.map((version) => join(base, version, "bin")));
    } catch {
      // Not such a system.
    }
  }
  const found = [...new Set(folders)].map((folder) => describe(join(folder, name)));
  return found.filter((tool) => tool !== undefined).sort((a, b) => b.major - a.major);
}

/** A program that can serve a server of that major. pg_dump and pg_restore refuse servers newer than themselves. */
export function findTool(name: ToolName, serverMajor = 0): Tool | undefined {
  const tools = findTools(name);
  return name === "psql" ? tools[0] : tools.findLast((tool) => tool.major >= serverMajor);
}

/**
 * Takes out of pg_dump's output what differs between two runs or versions and says nothing about the database:
 * `\restrict` and `\unrestrict` with their random keys (15.14, 16.10 and later) and the comments with versions.
 */
export function normalizeDump(sql: string): string {
  return sql
    .split("\n")
    .filter((line) => !/^\\(un)?restrict /.test(line))
    .filter((line) => !/^-- Dumped (from database|by pg_dump) version /.test(line))
    .join("\n");
}

/**
 * `pg_dump --schema-only` of a database, normalized.
 * @returns undefined when no installed pg_dump can serve a server of that major: a test then says it is skipped.
 */
export async function pgDumpSchema(
  url: string,
  serverMajor: number,
  options: readonly string[] = [],
): Promise<string | undefined> {
  const tool = findTool("pg_dump", serverMajor);
  if (tool === undefined) return undefined;
  const { stdout } = await execute(tool.path, ["--schema-only", ...options, `--dbname=${url}`], {
    maxBuffer: 1 << 30,
  });
  return normalizeDump(stdout);
}

/** Runs a script through psql; undefined when there is none. A failing statement is an error with psql's words. */
export async function runPsql(
  url: string,
  options: readonly string[],
): Promise<string | undefined> {
  const tool = findTool("psql");
  if (tool === undefined) return undefined;
  const { stdout } = await execute(
    tool.path,
    ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--quiet", ...options, url],
    { maxBuffer: 1 << 30 },
  );
  return stdout;
}
