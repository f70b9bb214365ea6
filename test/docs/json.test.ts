/** The JSON fields in docs/cli.md are those that the commands print, in both directions. */
import { readFileSync } from "node:fs";
import { cp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 180_000 });
const text = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** Fields of the first table below a line. */
function fieldsBelow(line: string): string[] {
  const table = text.split(`\n${line}\n`)[1]!.split(/^[^|\n]/m)[0]!;
  return Array.from(table.matchAll(/^\| `([\w.[\]*]+)`/gm), ([, field]) => field!);
}

/** Fields of a result, with `contents.*` and the like replaced by the fields that they stand for. */
function documented(command: string): string[] {
  const sources: Record<string, () => string[]> = {
    "warnings[].*": () => fieldsBelow("### Warning"),
    "contents.*": () => documented("inspect"),
    "against.*": () => documented("diff"),
  };
  return fieldsBelow(`\`${command}\`:`).flatMap((field) => {
    const source = sources[field];
    return source === undefined ? [field] : source().map((name) => field.replace("*", name));
  });
}

/** Paths of a value down to the documented fields; `open` are those below which nothing was there to see. */
function pathsOf(value: unknown, leaves: ReadonlySet<string>) {
  const seen = new Set<string>();
  const open = new Set<string>();
  const visit = (node: unknown, path: string): void => {
    if (leaves.has(path)) seen.add(path);
    else if (Array.isArray(node)) {
      if (node.length === 0) open.add(`${path}[]`);
      if (leaves.has(`${path}[]`)) seen.add(`${path}[]`);
      else for (const element of node) visit(element, `${path}[]`);
    } else if (node === null && path !== "") open.add(path);
    else if (typeof node === "object" && node !== null) {
      for (const [name, child] of Object.entries(node))
        visit(child, path === "" ? name : `${path}.${name}`);
    } else seen.add(path);
  };
  visit(value, "");
  return { seen, open };
}

function expectFields(fields: readonly string[], results: readonly object[]): void {
  const leaves = new Set(fields);
  const all = results.map((result) => pathsOf(result, leaves));
  const seen = new Set(all.flatMap((paths) => [...paths.seen]));
  const open = all.flatMap((paths) => [...paths.open]);
  const isOpen = (field: string): boolean =>
    open.some((path) => field === path || field.startsWith(`${path}.`));
  expect([...seen].filter((path) => !leaves.has(path))).toEqual([]);
  expect(open.filter((path) => !fields.some((field) => field.startsWith(path)))).toEqual([]);
  expect(fields.filter((field) => !seen.has(field) && !isOpen(field))).toEqual([]);
}

const fieldsOfFolder = fieldsBelow("`verify` of a folder:").flatMap((field) =>
  field === "warnings[].*"
    ? fieldsBelow("### Warning").map((name) => `warnings[].${name}`)
    : [field],
);
const folder = temporaryFolder();
const archive = join(folder.path, "before.tar.gz");
const later = join(folder.path, "after.tar.gz");
const packed = join(folder.path, "packed");
const backups = join(folder.path, "backups");
let source: TestDatabase;
let empty: TestDatabase;

/** One name for one thing: `bytes` is COPY text, what a file takes is `archiveBytes` or `fileBytes`, and durations are `…Ms`. */
test("sizes and durations have the same names in all results", () => {
  const rows = Array.from(
    text.split("\n## JSON\n")[1]!.matchAll(/^\| `(?:[\w.[\]*]*\.)?(\w+)`\s*\| (.*?)\s*\|$/gm),
    ([, name, meaning]) => ({ name: name!, meaning: meaning! }),
  );
  expect(rows.length).toBeGreaterThan(200);
  const named = (name: string): string[] =>
    rows.flatMap((row) => (row.name === name ? [row.meaning] : []));
  expect(named("bytes").filter((meaning) => !meaning.startsWith("COPY text"))).toEqual([]);
  const ofFiles = rows.filter(({ meaning }) =>
    /^(?:its )?size(?!.* its text)|^size of (?:the|those|all)/.test(meaning),
  );
  expect(ofFiles.length).toBeGreaterThan(8);
  expect(
    ofFiles.filter(({ name }) => !["archiveBytes", "fileBytes", "textBytes"].includes(name)),
  ).toEqual([]);
  expect(
    rows.filter(({ name, meaning }) => meaning.startsWith("duration") && name !== "elapsedMs"),
  ).toEqual([]);
});

/** Durations are whole milliseconds, wherever they stand. */
function requireWholeMs(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name.endsWith("Ms") && member !== null) expect(member, name).toSatisfy(Number.isInteger);
    requireWholeMs(member);
  }
}

/** The result without `version`, which every result begins with, of a command that ends as it should. */
async function json(...args: string[]): Promise<object> {
  const result = await anyJson(...args);
  expect(result).not.toHaveProperty("error");
  return result;
}

/** The same of a command that may fail. */
async function anyJson(...args: string[]): Promise<object> {
  const { stdout } = await runCli([...args, "--json"]);
  expect(stdout).toMatch(/^\{"version":1,/);
  const { version, ...result } = JSON.parse(stdout) as { version: number };
  expect(version).toBe(1);
  requireWholeMs(result);
  return result;
}

beforeAll(async () => {
  source = await freshDatabase();
  empty = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 50 });
  await json("dump", "-d", source.url, "-o", archive);
  // Differences of every kind, and a sequence behind its column, which a drill's probe reports with details.
  await source.query(
    `DELETE FROM sessions; UPDATE users SET username = username || 'x'; CREATE TABLE extra (a int);
     ALTER TABLE users ADD c int; SELECT setval('audit_log_id_seq', 1)`,
  );
});
afterAll(async () => {
  await source.drop();
  await empty.drop();
  folder.remove();
});

test("dump", async () => {
  expectFields(documented("dump"), [await json("dump", "-d", source.url, "-o", later)]);
});

test("inspect, its SQL, and verify", async () => {
  expectFields(documented("inspect"), [await json("inspect", archive)]);
  expectFields(documented("inspect --code"), [await json("inspect", archive, "--code")]);
  expectFields(documented("inspect --sql"), [await json("inspect", archive, "--sql")]);
  expectFields(documented("verify"), [
    await json("verify", archive),
    await json("verify", archive, "--against", source.url),
  ]);
});

test("diff", async () => {
  const results = [await json("diff", archive, later), await json("diff", later, archive)];
  expectFields(documented("diff"), results);
  expect(results[0]).toMatchObject({ warnings: [{ code: "not-compared" }] });
});

test("restore, its list, and a refusal", async () => {
  expectFields(documented("restore --list"), [await json("restore", archive, "--list")]);
  expectFields(documented("restore"), [await json("restore", archive, "-d", empty.url)]);
  const refused = await anyJson("restore", archive, "-d", empty.url);
  const ofServer = ["sqlState", "statement", "position"].map((name) => `error.${name}`);
  const basic = fieldsBelow(
    'The result of a failed command, wrong arguments included, is `{"version":1,"error":{…}}`:',
  ).filter((field) => field !== "error.objects[]" && !ofServer.includes(field));
  expectFields(basic, [refused]);
});

test("restore beside the target, and what comes after", async () => {
  await withDatabase(async ({ url }) => {
    const swapped = await json("restore", archive, "-d", url, "--swap", "--owner");
    const fields = [...documented("restore"), ...fieldsBelow("`restore --swap`, in addition:")];
    expectFields(fields, [swapped]);
    expectFields(documented("list --databases"), [await json("list", "--databases", "-d", url)]);
    const undone = await json("restore", "--undo", "-d", url, "--keep-old", "0");
    expectFields(documented("restore --undo"), [undone]);
    const dropped = await json("prune", "--databases", "-d", url);
    expectFields(documented("prune --databases"), [dropped]);
    expect(dropped).toMatchObject({ dropped: [(undone as { kept: string }).kept] });
  });
});

test("undelete", async () => {
  await empty.query(
    "DELETE FROM users WHERE id = (SELECT id FROM users WHERE EXISTS (SELECT FROM wg_peers WHERE owner_user_id = users.id) LIMIT 1)",
  );
  const rows = ["--rows", "users: true", "--rows", "wg_peers: true", "--keep-changed"];
  const undelete = (...more: string[]) =>
    json("undelete", archive, "-d", empty.url, ...rows, "--allow-unkeyed", ...more);
  const sealed = await empty.query("SELECT 1 FROM wg_peers WHERE owner_user_id IS NULL");
  expect(sealed.length).toBeGreaterThan(0);
  expectFields(documented("undelete"), [
    await undelete("--dry-run", "--with-references"),
    await json("undelete", archive, "-d", empty.url, "--rows", "wg_peers: true", "--dry-run"),
  ]);
});

test("merge", async () => {
  await source.query(
    "CREATE TABLE large AS SELECT i, repeat('x', 200) AS note FROM generate_series(1, 10000) i",
  );
  await source.query("VACUUM ANALYZE large");
  const [full, part] = [join(folder.path, "full.tar.gz"), join(folder.path, "part.tar.gz")];
  await json("dump", "-d", source.url, "-o", full, "--units", "-t", "large");
  const dumped = await json("dump", "-d", source.url, "-o", part, "--differential", full);
  expectFields(documented("dump"), [dumped]);
  const merged = await json("merge", part, "-o", join(folder.path, "merged.tar.gz"));
  expectFields(documented("merge"), [merged]);
});

test("convert, and plain dumps", async () => {
  const plain = join(folder.path, "plain.sql.gz");
  expectFields(documented("convert"), [await json("convert", archive, plain)]);
  const fields = fieldsBelow("`inspect` and `verify` of a plain dump:");
  expectFields(fields, [await json("inspect", plain), await json("verify", plain)]);
});

test("pack and unpack", async () => {
  expectFields(documented("pack"), [await json("pack", archive, packed)]);
  const result = await json("unpack", packed, join(folder.path, "unpacked.tar.gz"));
  expectFields(documented("unpack"), [result]);
});

test("backup, prune and doctor", async () => {
  expectFields(documented("backup"), [
    await json("backup", backups, "-d", source.url),
    await json("backup", backups, "-d", source.url, "--dry-run"),
    await json("backup", backups, "-d", source.url, "--dry-run", "--copy-to", packed),
  ]);
  expectFields(documented("prune"), [await json("prune", backups, "--dry-run")]);
  expectFields(documented("doctor"), [await json("doctor", backups, "-d", source.url)]);
});

test("list, and verify of a folder", async () => {
  const copy = join(folder.path, "copy");
  await cp(backups, copy, { recursive: true });
  const [name = ""] = (await readdir(copy)).filter((each) => each.endsWith(".tar.gz"));
  await json("drill", join(copy, name), "--into", source.url);
  expectFields(documented("list"), [await json("list", copy)]);
  const page = join(folder.path, "page.html");
  expectFields(documented("report"), [await json("report", copy, "-o", page)]);
  await writeFile(join(copy, name), "");
  expectFields(fieldsOfFolder, [await json("verify", copy), await json("verify", backups)]);
});

test("copy", async () => {
  const target = join(folder.path, "second");
  expectFields(documented("copy"), [await json("copy", backups, target)]);
  expect(await json("copy", backups, target)).toMatchObject({ copied: 0, failed: 0 });
});

test("drill", async () => {
  expectFields(documented("drill"), [await json("drill", later, "--into", source.url)]);
});

test("schedule", async () => {
  const env = join(folder.path, "env");
  await writeFile(env, `DATABASE_URL=${source.url}\n`, { mode: 0o600 });
  for (const kind of ["cron", "systemd"])
    expectFields(documented("schedule"), [
      await json("schedule", kind, "--folder", backups, "--env-file", env),
    ]);
});

test("demo", async () => {
  expectFields(documented("demo"), [await json("demo", "--rows", "10")]);
});
