import { expect, test } from "vitest";
import { shapeOf, statementsOf } from "../../../src/sql/statement-shape.ts";
import { tokensOf } from "../../../src/sql/tokens.ts";

const spelled = (sql: string): string[] =>
  tokensOf(sql).map(({ kind, value }) => `${kind} ${value}`);

test.each([
  [`Select "A""b", 'it''s'`, ["word select", 'name A"b', "symbol ,", "string it's"]],
  [String.raw`E'a\'b' 'c\'`, [String.raw`string a\'b`, String.raw`string c\ `.trim()]],
  [String.raw`ne'a\' b`, ["word ne", String.raw`string a\ `.trim(), "word b"]],
  ["$$a;b$$ $x$ $$ $x$", ["string a;b", "string  $$ "]],
  ["a$$b", ["word a$$b"]],
  ["$1+2.5e-3", ["number $1", "symbol +", "number 2.5e-3"]],
  ["/* a /* b */ c */ d -- e\nf", ["word d", "word f"]],
  ["a--b\rc", ["word a", "word c"]],
  [`U&"d\\0061" x'ff' N'n'`, ["name d\\0061", "string ff", "string n"]],
  // A no-break space is a letter for PostgreSQL.
  ["a\u00A0b", ["word a\u00A0b"]],
  ["'never", ["unended 'never"]],
  ["/* never", ["unended /* never"]],
  ["$a$ never $b$", ["unended $a$ never $b$"]],
])("the tokens of %s", (sql, expected) => {
  expect(spelled(sql)).toEqual(expected);
});

const shapes = (sql: string): string[] => statementsOf(sql).map(shapeOf);

test.each([
  ['CREATE TABLE "a.b".t (a int, b text) WITH (x=1)', ['CREATE TABLE "n".T () WITH ()']],
  ["SELECT 1; -- nothing\n ; COMMIT", ["SELECT 0", "COMMIT"]],
  ["SELECT ';COMMIT', $$;$$, \";\"", [`SELECT 's' , 's' , "n"`]],
  ["CREATE RULE r AS ON INSERT TO t DO (a; b)", ["CREATE RULE R AS ON INSERT TO T DO ()"]],
  [
    "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; COMMIT",
    ["CREATE FUNCTION F () BEGIN ATOMIC SELECT CASE WHEN A THEN 0 END ; SELECT 0 ; END", "COMMIT"],
  ],
  ["SELECT lo_create(12), f(1 + 2)", ["SELECT LO_CREATE (0) , F ()"]],
  ["CREATE TABLE t (a int; COMMIT", ["CREATE TABLE T () unended"]],
])("the shapes of %s", (sql, expected) => {
  expect(shapes(sql)).toEqual(expected);
});
