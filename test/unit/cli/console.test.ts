/** What reaches the terminal. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { showsColors } from "../../../src/cli/color.ts";
import { coloredTable } from "../../../src/cli/colored-table.ts";
import { Console } from "../../../src/cli/console.ts";
import { diffLines, diffText } from "../../../src/cli/diff-text.ts";
import type { DiffResult } from "../../../src/diff/options.ts";
import { formatTable } from "../../../src/util/format.ts";

function terminal(columns: number, env: Record<string, string> = { NO_COLOR: "1" }) {
  const stream = () =>
    Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true, columns });
  const [stdin, stdout, stderr] = [new PassThrough(), stream(), stream()];
  return { io: { stdin, stdout, stderr, env }, stdout, stderr };
}

test("a name with an escape sequence does not reach the terminal", () => {
  const { io, stdout, stderr } = terminal(80);
  const console = new Console(io, {});
  console.say("warning", "table \u001B[2Jx");
  console.draw("table \u001B[2Jx");
  console.clear();
  console.result({}, "table \u001B[2Jx");
  expect(stderr.read()).toBe("warning: table \\x1b[2Jx\n\r\u001B[Ktable \\x1b[2Jx\r\u001B[K");
  expect(stdout.read()).toBe("table \\x1b[2Jx\n");
});

test("a name with a line break cannot look like another message", () => {
  const { io, stderr } = terminal(80);
  const console = new Console(io, {});
  console.say("warning", "table a\nerror: b");
  console.say("error", "table a\nerror: b\n  hint: c");
  console.draw("table a\nb");
  expect(stderr.read()).toBe(
    "warning: table a\\nerror: b\nerror: table a\n  error: b\n  hint: c\n\r\u001B[Ktable a\\nb",
  );
});

test.each([
  [0, "abcdef"],
  [4, "abc"],
])("on a terminal of %i columns the line is cut to %s", (columns, line) => {
  const { io, stderr } = terminal(columns);
  new Console(io, {}).draw("abcdef");
  expect(stderr.read()).toBe(`\r\u001B[K${line}`);
});

test("the JSON result begins with its version", () => {
  const { io, stdout } = terminal(80);
  new Console(io, { json: true }).result({ rows: 1 }, "1 row");
  expect(stdout.read()).toBe('{"version":1,"rows":1}\n');
});

const VERDICT = { tone: "bad", verdict: "FAILED  ", text: "Rows: \u001B[2Jx" } as const;

test("labels and verdicts are colored on a terminal, and nothing else is", () => {
  const { io, stdout, stderr } = terminal(80, {});
  const console = new Console(io, {});
  console.say("info", "begins");
  console.say("warning", "slow");
  console.say("error", "failed\n  hint: wait");
  console.result({}, ["Drill", VERDICT]);
  expect(stderr.read()).toBe(
    "begins\n\u001B[33mwarning:\u001B[39m slow\n\u001B[31merror:\u001B[39m failed\n  hint: wait\n",
  );
  expect(stdout.read()).toBe("Drill\n\u001B[31mFAILED  \u001B[39mRows: \\x1b[2Jx\n");
  expect(console.record.result?.text).toBe("Drill\nFAILED  Rows: \u001B[2Jx");
});

test("cells of a table are colored alone, without the blanks around them", () => {
  const { io, stdout } = terminal(80, {});
  const rows = [
    ["a", { tone: "bad", colored: "DAMAGED" } as const, "x"],
    ["bcd", "2026-11-24", { tone: "good", colored: "passed" } as const],
    ["e", { tone: "doubtful", colored: "never" } as const, ""],
  ];
  const table = coloredTable(["", "verified", "drilled"], rows);
  new Console(io, {}).result({}, table);
  expect(stdout.read()).toBe(
    [
      "     verified    drilled",
      "---  ----------  -------",
      "a    \u001B[31mDAMAGED\u001B[39m     x",
      "bcd  2026-11-24  \u001B[32mpassed\u001B[39m",
      "e    \u001B[33mnever\u001B[39m",
      "",
    ].join("\n"),
  );
  new Console(io, { color: false }).result({}, table);
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === "string" ? cell : cell.colored)),
  );
  expect(stdout.read()).toBe(`${formatTable(["", "verified", "drilled"], texts)}\n`);
});

test("differences are shown in the color of their sign", () => {
  const { io, stdout } = terminal(80, {});
  const sequences = [{ namespace: "public", name: "s", before: 1, after: 2 }];
  const result = {
    equal: false,
    objects: {
      added: [{ kind: "view", namespace: "public", name: "v", sql: "CREATE VIEW\nv;" }],
      removed: [],
      changed: [],
    },
    relations: [],
    sequences,
    comparedRelations: 1,
    warnings: [],
  } as unknown as DiffResult;
  new Console(io, {}).result({}, diffLines(result));
  expect(stdout.read()).toBe(
    [
      "\u001B[32m+ view public.v\u001B[39m",
      "\u001B[32m  + CREATE VIEW\u001B[39m",
      "\u001B[32m  + v;\u001B[39m",
      "\u001B[33m~ position of public.s: 1 → 2\u001B[39m",
      "\u001B[31mdifferent: 1 object, rows of 0 tables, 1 sequence\u001B[39m",
      "",
    ].join("\n"),
  );
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const silent = terminal(80, env);
    new Console(silent.io, {}).result({}, diffLines(result));
    expect(silent.stdout.read()).toBe(`${diffText(result)}\n`);
  }
});

test("neither JSON results nor JSON logs have colors, even where they are forced", () => {
  const { io, stdout, stderr } = terminal(80, { FORCE_COLOR: "1" });
  const console = new Console(io, { json: true, logFormat: "json" });
  console.say("warning", "slow");
  console.result({ ok: false }, [VERDICT]);
  expect(`${String(stdout.read())}${String(stderr.read())}`).not.toContain("\u001B");
});

test.each([
  [true, true, {}, {}],
  [false, false, {}, {}],
  [false, true, { TERM: "dumb" }, {}],
  [false, true, { NO_COLOR: "1" }, {}],
  [true, true, { NO_COLOR: "" }, {}],
  [true, false, { FORCE_COLOR: "1" }, {}],
  [true, false, { FORCE_COLOR: "", TERM: "dumb" }, {}],
  [false, true, { FORCE_COLOR: "0" }, {}],
  [true, false, { FORCE_COLOR: "3", NO_COLOR: "1" }, {}],
  [false, true, { FORCE_COLOR: "1" }, { color: false }],
])("colors: %j, on a terminal: %j, with %j and the options %j", (shown, isTTY, env, options) => {
  expect(showsColors({ isTTY }, env, options)).toBe(shown);
});
