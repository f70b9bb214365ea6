import { describe, expect, test } from "vitest";
import type { ManifestHead } from "../../../src/archive/format/manifest.ts";
import { psqlEntries, restoreSql } from "../../../src/dump/psql-script.ts";
import { restoreReadme } from "../../../src/dump/restore-readme.ts";
import { emptyHead, relationOf } from "../../support/archives.ts";

const ENTRIES = [
  "nexushub-dump.json",
  "schema/pre-data.sql",
  "schema/post-data.sql",
  "data/1/1.copy",
  "data/2/1.copy",
  "data/1/2.copy",
];
const part = (entry: number) => ({
  inBase: false,
  entry,
  rows: 1,
  bytes: 2,
  sha256: "0".repeat(64),
});

function head(change: Partial<ManifestHead>): ManifestHead {
  return { ...emptyHead(), ...change };
}

/** The lines that do something for this archive, without the settings that all begin with. */
function lines(change: Partial<ManifestHead>, entries = ENTRIES): string[] {
  const text = restoreSql(head(change), entries);
  return text
    .slice(text.indexOf("search_path"))
    .replaceAll(/\\if :nexushub_dump_restricts\n(.*)\n[^]*?\\endif/g, "$1")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "" && !line.endsWith(String.raw`\gset`));
}

test("an older psql, which does not know the restrict command, includes a file without stopping at it", () => {
  const text = restoreSql({ ...emptyHead() }, ["schema/pre-data.sql"]);
  const [, block] = /\\if :nexushub_dump_restricts\n([^]*?)\\endif/.exec(text)!;
  expect(block!.trimEnd().split("\n")).toEqual([
    "\\ir schema/pre-data.sql",
    "\\else",
    expect.stringMatching(/^\\warn '/),
    "\\set ON_ERROR_STOP off",
    "\\ir schema/pre-data.sql",
    "\\set ON_ERROR_STOP on",
    "SELECT 'nothing failed';",
  ]);
  expect(text).toContain(":VERSION_NUM BETWEEN 150014 AND 159999");
});

test("schema, rows in row order, positions, the rest", () => {
  const relations = [
    relationOf(1, "a", ["x", "select"], [part(3), part(5)]),
    relationOf(2, "b", [], [part(4)]),
    relationOf(3, "empty", ["x"], []),
  ];
  const sequences = [
    { namespace: "public", name: "S", lastValue: "7", isCalled: false, object: null },
  ];
  expect(lines({ relations, sequences })).toEqual([
    "\\ir schema/pre-data.sql",
    `\\copy public.a (x, "select") from 'data/1/1.copy' with (encoding 'UTF8')`,
    `\\copy public.a (x, "select") from 'data/1/2.copy' with (encoding 'UTF8')`,
    "\\copy public.b from 'data/2/1.copy' with (encoding 'UTF8')",
    `SELECT pg_catalog.setval('public."S"', 7, false);`,
    "\\ir schema/post-data.sql",
  ]);
});

test("owners and privileges on request", () => {
  expect(lines({}, ["schema/ownership.sql"])).toEqual([
    "\\if :{?ownership}",
    "\\ir schema/ownership.sql",
    "\\endif",
  ]);
});

test("what the archive does not hold is not asked for", () => {
  expect(lines({}, ["nexushub-dump.json"])).toEqual([]);
});

test("the data's encoding is the database's", () => {
  const relations = [relationOf(1, "a", ["x"], [part(3)])];
  const { database } = emptyHead();
  const [, copy] = lines({ relations, database: { ...database, encoding: "LATIN1" } });
  expect(copy).toContain("with (encoding 'LATIN1')");
});

describe("names with line breaks, which would end a \\copy", () => {
  test("step aside and come back in reverse", () => {
    const relation = { ...relationOf(4, "t\nx", ["a", "b\rc"], [part(3)]), namespace: "s\n" };
    expect(restoreSql(head({ relations: [relation] }), ENTRIES)).toContain(
      [
        'ALTER SCHEMA "s\n" RENAME TO nexushub_dump_4_0;',
        'ALTER TABLE nexushub_dump_4_0."t\nx" RENAME TO nexushub_dump_4_1;',
        'ALTER TABLE nexushub_dump_4_0.nexushub_dump_4_1 RENAME COLUMN "b\rc" TO nexushub_dump_4_3;',
        "\\copy nexushub_dump_4_0.nexushub_dump_4_1 (a, nexushub_dump_4_3) from 'data/1/1.copy' with (encoding 'UTF8')",
        'ALTER TABLE nexushub_dump_4_0.nexushub_dump_4_1 RENAME COLUMN nexushub_dump_4_3 TO "b\rc";',
        'ALTER TABLE nexushub_dump_4_0.nexushub_dump_4_1 RENAME TO "t\nx";',
        'ALTER SCHEMA nexushub_dump_4_0 RENAME TO "s\n";',
      ].join("\n"),
    );
  });
});

test("rows that must be routed are loaded through the partitioned table", () => {
  const partition = {
    ...relationOf(1, "p1", ["x"], [part(3)]),
    loadThrough: { namespace: "public", name: "root" },
  };
  const [, copy] = lines({ relations: [partition] });
  expect(copy).toBe("\\copy public.root (x) from 'data/1/1.copy' with (encoding 'UTF8')");
});

test("a differential archive has no script, and says what to do", () => {
  const base = { sha256: "ab".repeat(32), size: 1, createdAt: null, fileName: "full.tar.gz" };
  const [readme, ...rest] = psqlEntries(head({ base }), ENTRIES);
  expect(rest).toEqual([]);
  expect(readme?.[0]).toBe("RESTORE.md");
  expect(readme?.[1]).toContain(
    'It is differential: most rows are in the full archive that it refers to ("full.tar.gz")',
  );
});

describe("the words", () => {
  test("say what is missing, and only then", () => {
    expect(restoreReadme(head({}))).not.toContain("Not everything");
    const relation = { ...relationOf(1, "a", ["x"], []), where: "x > 1", masked: ["x"] };
    expect(restoreReadme(head({ partial: true, relations: [relation] }))).toContain(
      "Not everything is here: of 1 table only selected rows were dumped, and in 1 table values were replaced.",
    );
    expect(restoreReadme(head({ partial: true }))).toContain("Not everything is here.");
  });

  test("name the roles that are needed", () => {
    expect(restoreReadme(head({ roles: ["app owner"] }))).toContain('"app owner"');
    const owner = {
      id: 0,
      kind: "owner",
      namespace: "public",
      name: "TABLE public.a",
      section: "pre-data" as const,
      statements: ["ALTER TABLE public.a OWNER TO alice"],
      requires: [],
      parent: null,
      features: [],
      accessMethod: null,
      roles: ["alice"],
    };
    const text = restoreReadme(head({ roles: ["alice"], objects: [owner] }));
    expect(text).toContain("those that the SQL names (this archive names none)");
    expect(text).toContain(
      '`-v ownership=on` runs it too, and then all roles must exist (here: "alice")',
    );
  });

  test("of a reproducible archive say nothing of when and where", () => {
    const { database } = emptyHead();
    const text = restoreReadme(
      head({ database: { ...database, name: null, serverVersion: null } }),
    );
    expect(text).toContain("made by nexushub-dump 0.0.0-test.\n");
  });
});
