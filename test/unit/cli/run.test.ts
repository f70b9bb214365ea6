/** Arguments to output and exit code, without a process and without a database. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { run } from "../../../src/cli/run.ts";

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const cli = (...argv: string[]): Promise<Finished> => cliWith({}, ...argv);

async function cliWith(env: Record<string, string>, ...argv: string[]): Promise<Finished> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const io = { stdin, stdout, stderr, env };
  const code = await run(argv, io, new AbortController().signal);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

test.each([
  [["frobnicate"]],
  [["frobnicate", "--help"]],
  [["--help", "frobnicate"]],
  [["help", "frobnicate"]],
])("%j is an unknown command", async (argv) => {
  expect(await cli(...argv)).toEqual({
    code: 2,
    stdout: "",
    stderr: "error: unknown command 'frobnicate'\n  hint: --help lists the options\n",
  });
});

test("a misspelt command and a misspelt option get a suggestion", async () => {
  expect((await cli("restor")).stderr).toContain("(Did you mean restore?)");
  expect((await cli("verify", "x", "--agianst", "y")).stderr).toContain(
    "(Did you mean --against?)",
  );
});

test.each([["dump"], ["restore"], ["help", "dump"]])("help is success: %s", async (...words) => {
  const argv = words[0] === "help" ? words : [...words, "--help"];
  const { code, stdout, stderr } = await cli(...argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Examples:");
});

test("without arguments the help goes to standard error", async () => {
  const { code, stdout, stderr } = await cli();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: nexushub-dump/);
});

test.each([
  ["an unknown option", ["verify", "x", "--frobnicate"], "unknown option '--frobnicate'"],
  ["a missing option", ["dump"], "required option '-o, --output <file>' not specified"],
  ["a missing operand", ["inspect"], "missing required argument 'file'"],
  ["an unknown command", ["frobnicate"], "unknown command 'frobnicate'"],
  ["an invalid value", ["dump", "-o", "x", "-j", "many"], "must be an integer from 1 to 64."],
  [
    "options that exclude each other",
    ["restore", "x", "--schema-only", "--data-only"],
    "--schema-only and --data-only together leave nothing to restore",
  ],
  [
    "an option of systemd for cron",
    ["schedule", "cron", "--on-calendar", "hourly"],
    "--on-calendar is for systemd only",
  ],
  [
    "a misspelt option of the scheduled backup",
    ["schedule", "cron", "--folder", "/x", "--", "--keep-dayly", "7"],
    "options of the backup: unknown option '--keep-dayly'",
  ],
  [
    "a folder of metrics that is not there",
    ["schedule", "systemd", "--folder", "/x", "--", "--metrics-file", "/no/such/folder/x.prom"],
    "the folder of /no/such/folder/x.prom does not exist",
  ],
  [
    "a time that systemd does not take",
    ["schedule", "systemd", "--folder", "/x", "--on-calendar", "every; night"],
    "--on-calendar every; night: systemd does not take such characters",
  ],
  [
    "retention that keeps nothing",
    ["schedule", "cron", "--folder", "/x", "--", "--keep", "0"],
    "--keep",
  ],
  [
    "a relative path in a timer",
    ["schedule", "systemd", "--folder", "/x", "--", "--metrics-file", "x.prom"],
    "--metrics-file must be an absolute path",
  ],
])("%s is a usage error, in JSON too", async (_name, argv, message) => {
  const plain = await cli(...argv);
  expect(plain).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  const [command, ...rest] = argv;
  const json = await cli(command!, "--json", "--log-format", "json", ...rest);
  expect(json.code).toBe(2);
  const { version, error } = JSON.parse(json.stdout) as { version: number; error: object };
  expect(version).toBe(1);
  expect(error).toEqual({
    code: "USAGE",
    message: expect.stringContaining(message),
    object: (error as { object: unknown }).object,
    hint: (error as { hint: unknown }).hint,
  });
  expect(JSON.parse(json.stderr.trim())).toMatchObject({ level: "error", code: "USAGE" });
});

test("wrong arguments are reported in color, unless --no-color is among them", async () => {
  const forced = { FORCE_COLOR: "1" };
  const { stderr } = await cliWith(forced, "verify", "x", "--frobnicate");
  expect(stderr).toContain("\u001B[31merror:\u001B[39m unknown option");
  const without = await cliWith(forced, "verify", "x", "--frobnicate", "--no-color");
  expect(without.stderr).toMatch(/^error: unknown option/);
  const json = await cliWith(forced, "verify", "x", "--frobnicate", "--json");
  expect(json.stdout).not.toContain("\u001B");
});

test("an option after -- does not choose JSON", async () => {
  const { stdout } = await cli("schedule", "cron", "--frobnicate", "--", "--json");
  expect(stdout).toBe("");
});

test("wrong arguments of a backup are a failure in pings and metrics", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wrong-arguments-"));
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url!);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/check`;
  const metrics = join(folder, "x.prom");
  const notified = ["--ping-url", url, `--metrics-file=${metrics}`];
  try {
    for (const wrong of [
      ["--keep-dayly", "7"],
      ["--sign-key", "/no/such/key"],
      ["--full-every", "7d"],
    ]) {
      paths.length = 0;
      const { code } = await cli("backup", folder, ...notified, ...wrong);
      expect(code).toBe(2);
      expect(paths).toEqual(["/check/start", "/check/fail"]);
    }
    const text = readFileSync(metrics, "utf8");
    expect(text).toMatch(/^nexushub_backup_last_run_success 0$/m);
    expect(text).toMatch(/^nexushub_backup_failures_total 3$/m);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
});
