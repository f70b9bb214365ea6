import { expect, test } from "vitest";
import { habitHint, meantHost, withAliases } from "../../../src/cli/habits.ts";

test.each([
  ["dump -f a.tar.gz -O -x", "dump --output a.tar.gz --no-owner --no-privileges"],
  [
    "dump --file=a.tar.gz --dbname=postgresql://db/x",
    "dump --output=a.tar.gz --database-url=postgresql://db/x",
  ],
  ["dump -B -o a", "dump --no-large-objects -o a"],
  ["dump --compress=none --no-data -o a", "dump --compression=none --schema-only -o a"],
  ["restore a --no-schema", "restore a --data-only"],
  ["restore a -O", "restore a -O"],
  ["schedule cron -- -f x", "schedule cron -- -f x"],
])("%s is understood as %s", (typed, meant) => {
  expect(withAliases(typed.split(" ")).join(" ")).toBe(meant);
});

test("what is not ours has a hint, with or without its value", () => {
  for (const option of ["-Fc", "--format=c", "-F"])
    expect(habitHint(option)).toContain("one format");
  expect(habitHint("--clean")).toContain("--force");
  expect(habitHint("-U")).toContain("PGUSER");
  expect(habitHint("--no-acl")).toContain("--privileges");
  expect(habitHint("--no-sync")).toContain("leave it out");
  expect(habitHint("--frobnicate")).toBeUndefined();
  expect(habitHint("constructor")).toBeUndefined();
});

test("a host behind -h is no request for help", () => {
  expect(meantHost(["dump", "-h", "db.example"])).toBe("-h db.example");
  expect(meantHost(["dump", "-h"])).toBeUndefined();
  expect(meantHost(["dump", "-h", "--json"])).toBeUndefined();
});
