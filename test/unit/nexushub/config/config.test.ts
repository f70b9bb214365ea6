import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, describe, expect, test } from "vitest";
import { setOptions } from "../../../../src/cli/config-options.ts";
import { createProgram } from "../../../../src/cli/program.ts";
import { addBackup } from "../../../../src/cli/commands/backup.ts";
import { createRegistry } from "../../../../src/cli/registry.ts";
import { lineOf, parseConfig } from "../../../../src/nexushub/config/parse-config.ts";
import { SAMPLE_CONFIG } from "../../../../src/nexushub/config/sample.ts";
import { configSchema } from "../../../../src/nexushub/config/schema.ts";

const folder = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("mistakes are named with their lines", () => {
  test.each<[string, string, RegExp]>([
    ["no TOML", 'folder = "x"\nkeep = = 3\n', /dump.toml, line 2: /],
    [
      "an unknown setting",
      'folder = "x"\n\n[retention]\nkeep-dayly = 7\n',
      /line 4: retention.keep-dayly: there is no such/,
    ],
    ["an unknown table", "[retension]\nkeep = 7\n", /line 1: retension: there is no such setting/],
    [
      "another type",
      '[retention]\nkeep-daily = "seven"\n',
      /line 2: retention.keep-daily: .*number/,
    ],
    ["a number out of range", "[retention]\nkeep = 0\n", /line 2: retention.keep: /],
    [
      "a span without a unit",
      "[backup]\n# x\nfull-every = '12'\n",
      /line 3: backup.full-every: must be/,
    ],
  ])("%s", (_name, text, message) => {
    expect(() => parseConfig(text, "/etc/nexushub/dump.toml")).toThrow(message);
  });

  test("also those that only the option knows", async () => {
    const text = '[backup]\njobs = 2\nping-url = "ftp://x"\n';
    const config = parseConfig(text, "x.toml");
    const program = new Command();
    addBackup(createRegistry(program, {}, async () => {}));
    const set = setOptions(program.commands[0]!, { path: "x.toml", text, config });
    await expect(set).rejects.toThrow("x.toml, line 3: backup.ping-url: must be a URL");
  });

  test("a key in another table is another key", () => {
    expect(lineOf("[a]\nx = 1\n[b]\nx = 2\n", ["b", "x"])).toBe(4);
    expect(lineOf("x = 1\n", ["y"])).toBeNull();
  });
});

describe("the sample", () => {
  const uncommented = SAMPLE_CONFIG.replaceAll(/^# (?=[\w-]+ = )/gm, "");

  test("is valid, with and without its comments, and has every setting", () => {
    expect(parseConfig(SAMPLE_CONFIG, "x")).toEqual(expect.any(Object));
    const all: Record<string, unknown> = parseConfig(uncommented, "x");
    for (const [name, schema] of Object.entries(configSchema.shape)) {
      expect(Object.keys(all)).toContain(name);
      const { innerType } = schema.def;
      if (!("shape" in innerType)) continue;
      expect(Object.keys(all[name] as object).toSorted()).toEqual(
        Object.keys(innerType.shape).toSorted(),
      );
    }
  });

  test("has only names of options", () => {
    const options = createProgram({}, async () => {}).commands.flatMap((command) =>
      command.options.map(({ long }) => long!.replace(/^--(?:no-)?/, "")),
    );
    for (const [, name] of uncommented.matchAll(/^([\w-]+) = /gm)) expect(options).toContain(name);
  });
});

describe("commands", () => {
  /** The options and operands that a command gets. */
  async function parsed(argv: string[], text: string): Promise<[object, unknown[]]> {
    const file = join(folder, "dump.toml");
    writeFileSync(file, text);
    let seen: [object, unknown[]] = [{}, []];
    const program = createProgram({}, async (_load, options, operands) => {
      seen = [options, operands];
    });
    await program.parseAsync([...argv, "--config", file], { from: "user" });
    return seen;
  }
  const TEXT = `folder = "/srv/backups"
[encryption]
encrypt-to = ["age1a", "age1b"]
[retention]
keep-daily = 7
keep-within = "36h"
[backup]
reuse = false
ping-url = "https://x.example/backup"
[drill]
ping-url = "https://x.example/drill"
`;

  test("take what the command line leaves out", async () => {
    const [options, operands] = await parsed(["backup", "--keep-daily", "9"], TEXT);
    expect(options).toMatchObject({
      encryptTo: ["age1a", "age1b"],
      keepDaily: 9,
      keepWithin: 36 * 3_600_000,
      reuse: false,
      pingUrl: "https://x.example/backup",
    });
    expect(operands).toEqual(["/srv/backups"]);
    expect((await parsed(["prune", "/x"], TEXT))[1]).toEqual(["/x"]);
    const [drill] = await parsed(["drill"], TEXT);
    expect(drill).toMatchObject({ pingUrl: "https://x.example/drill" });
    expect((await parsed(["schedule", "cron"], TEXT))[0]).toMatchObject({ folder: "/srv/backups" });
  });
});

test("init writes for nobody else to read, and replaces nothing", async () => {
  const { configRun } = await import("../../../../src/cli/commands/config-run.ts");
  const { Console } = await import("../../../../src/cli/console.ts");
  const { PassThrough } = await import("node:stream");
  const io = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
  };
  const context = {
    io,
    console: new Console(io, {}),
    signal: new AbortController().signal,
    allCommands: () => createProgram({}, async () => {}),
  };
  const file = join(folder, "new.toml");
  expect(await configRun(context, {}, "init", file)).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(configRun(context, {}, "init", file)).rejects.toThrow("exists already");
  expect(await configRun(context, {}, "check", file)).toBe(0);
});
