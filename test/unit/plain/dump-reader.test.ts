/** The reader of plain dumps takes texts apart as psql does, however the bytes are cut. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DumpReader } from "../../../src/plain/read/dump-reader.ts";

/** Cuts a text at the given places, and reads it; rows of COPY blocks are one text each. */
async function itemsOf(text: string | Buffer, cuts: readonly number[] = []): Promise<string[]> {
  const bytes = Buffer.from(text);
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  async function* chunks(): AsyncGenerator<Buffer> {
    let from = 0;
    for (const end of ends) {
      yield bytes.subarray(from, end);
      from = end;
    }
  }
  const reader = new DumpReader(chunks());
  const items: string[] = [];
  for (let item = await reader.next(); item !== undefined; item = await reader.next()) {
    if (item.type !== "statement") {
      items.push(`${item.type}: ${item.text}`);
      continue;
    }
    items.push(`${item.line}: ${item.bytes.toString()}`);
    if (item.words[0] !== "copy") continue;
    let rows = "";
    for await (const block of reader.copyRows()) rows += block.toString();
    items.push(`rows ${reader.rows}: ${rows}`);
  }
  expect(reader.bytes).toBe(bytes.length);
  return items;
}

/** A text, and the statements in it. */
const CASES: readonly (readonly [name: string, text: string, statements: readonly string[]])[] = [
  [
    "semicolons",
    "SELECT 1;\nSELECT 2 ; ;\n\n;SELECT 3;",
    ["1: SELECT 1;", "2: SELECT 2 ;", "4: SELECT 3;"],
  ],
  ["strings", "SELECT 'a;''b;', 'c\\';SELECT 2;", ["1: SELECT 'a;''b;', 'c\\';", "1: SELECT 2;"]],
  [
    "escape strings",
    "SELECT E'a\\';b', e'\\\\';SELECT 'e';",
    ["1: SELECT E'a\\';b', e'\\\\';", "1: SELECT 'e';"],
  ],
  [
    "a string that goes on in another line",
    "SELECT E'a' -- '\n  '\\';';SELECT 2;",
    ["1: SELECT E'a' -- '\n  '\\';';", "2: SELECT 2;"],
  ],
  ["a word that ends in e", "SELECT the'\\';SELECT 2;", ["1: SELECT the'\\';", "1: SELECT 2;"]],
  [
    "prefixes",
    "SELECT b'\\', x'\\', n'\\', U&'\\', U&\"\\;\";SELECT 2;",
    ["1: SELECT b'\\', x'\\', n'\\', U&'\\', U&\"\\;\";", "1: SELECT 2;"],
  ],
  ["names", 'SELECT "a;""b";SELECT 2;', ['1: SELECT "a;""b";', "1: SELECT 2;"]],
  [
    "dollar quotes",
    "SELECT $$a;$_$;$$, $x$;$y$;$x$, $1, a$b$c;SELECT 2;",
    ["1: SELECT $$a;$_$;$$, $x$;$y$;$x$, $1, a$b$c;", "1: SELECT 2;"],
  ],
  [
    "comments",
    "-- one;\n/* two; /* three; */ ; */ SELECT 1 /* ; */ -- ;\n+ 1;--\n",
    ["comment: one;", "2: SELECT 1 /* ; */ -- ;\n+ 1;", "comment: "],
  ],
  [
    "a comment that a carriage return ends",
    "SELECT 1 -- a\r;SELECT 2;",
    ["1: SELECT 1 -- a\r;", "1: SELECT 2;"],
  ],
  ["operators", "SELECT 4 - -1 / 2 * 3;SELECT 2;", ["1: SELECT 4 - -1 / 2 * 3;", "1: SELECT 2;"]],
  [
    "parentheses",
    "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);SELECT 3;",
    ["1: CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);", "1: SELECT 3;"],
  ],
  [
    "bodies of functions",
    "CREATE OR REPLACE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\nBEGIN;SELECT 1;END;",
    [
      "1: CREATE OR REPLACE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
      "3: BEGIN;",
      "3: SELECT 1;",
      "3: END;",
    ],
  ],
  [
    "commands",
    "\\restrict abc\nSELECT 1;\n\\! rm -rf /\n\\.\n",
    ["command: restrict abc", "2: SELECT 1;", "command: ! rm -rf /", "command: ."],
  ],
  [
    "rows",
    "COPY t (a) FROM stdin;\n1\n\\\\.\n\\.x\n2\\.\n\\.\nSELECT 1;",
    ["1: COPY t (a) FROM stdin;", "rows 4: 1\n\\\\.\n\\.x\n2\\.\n", "7: SELECT 1;"],
  ],
  [
    "no rows, and lines of Windows",
    "COPY t FROM stdin;\r\n\\.\r\nCOPY t FROM stdin;\n1\n\\.",
    ["1: COPY t FROM stdin;", "rows 0: ", "3: COPY t FROM stdin;", "rows 1: 1\n"],
  ],
  [
    "other letters",
    "SELECT 'ä;' AS größe;SELECT $ä$;$ä$;",
    ["1: SELECT 'ä;' AS größe;", "1: SELECT $ä$;$ä$;"],
  ],
];

describe("takes apart", () => {
  test.each(CASES)("%s", async (_name, text, statements) => {
    expect(await itemsOf(text)).toEqual(statements);
  });
});

test("cut anywhere, it reads the same", async () => {
  const text = CASES.map(([, each]) => (each.endsWith("\\.") ? `${each}\n` : each)).join(
    "\n-- next\n",
  );
  const whole = await itemsOf(text);
  expect(whole.length).toBeGreaterThan(40);
  const bytes = Buffer.byteLength(text);
  expect(
    await itemsOf(
      text,
      Array.from({ length: bytes }, (_, at) => at),
    ),
  ).toEqual(whole);
  for (let at = 1; at < bytes; at++) expect(await itemsOf(text, [at])).toEqual(whole);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes), { maxLength: 20 }), async (cuts) => {
      expect(await itemsOf(text, cuts)).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["a string", "SELECT 1;\nSELECT 'a;\n"],
  ["an escape string", "SELECT E'a\\';\n"],
  ["a name", 'SELECT "a;\n'],
  ["a dollar quote", "SELECT $a$;$b$;\n"],
  ["a comment", "/* /* */ SELECT 1;\n"],
  ["parentheses", "SELECT (1;\n"],
  ["a statement", "SELECT 1\n"],
  ["the body of a function", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;\n"],
  ["rows", "COPY t FROM stdin;\n1\n2"],
  ["the end of rows", "COPY t FROM stdin;\n1\n\\"],
])("says that the text ends within %s", async (_what, text) => {
  await expect(itemsOf(text)).rejects.toThrow("the dump is cut short: it ends within");
});

test("refuses what follows COPY in its line", async () => {
  await expect(itemsOf("COPY t FROM stdin; SELECT 1;\n\\.\n")).rejects.toThrow(
    "something follows the COPY statement of line 1",
  );
});
