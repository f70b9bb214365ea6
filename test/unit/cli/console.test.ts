/** What reaches the terminal. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Console } from "../../../src/cli/console.ts";

function terminal(columns: number) {
  const stream = () =>
    Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true, columns });
  const [stdin, stdout, stderr] = [new PassThrough(), stream(), stream()];
  return { io: { stdin, stdout, stderr, env: {} }, stdout, stderr };
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
