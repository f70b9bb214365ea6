import { expect, test } from "vitest";
import { comments } from "../../../../src/ddl/components/comment.ts";
import { compositeTypes } from "../../../../src/ddl/kinds/composite-type.ts";
import { extensions } from "../../../../src/ddl/kinds/extension.ts";
import { indexes } from "../../../../src/ddl/kinds/index-relation.ts";
import { namespaces } from "../../../../src/ddl/kinds/namespace.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import { wherePublicIsOurs } from "../../../../src/ddl/public-schema.ts";
import {
  columnRow,
  constraintRow,
  contextOf,
  indexRow,
  SHOP,
  tableRow,
  typeRow,
} from "../../../support/catalog.ts";

const on = (classoid: number, objoid: number, objsubid: number, description: string) => ({
  classoid,
  objoid,
  objsubid,
  description,
});

test("of objects, columns, and indexes behind keys", () => {
  const context = contextOf({
    relations: [tableRow(16400, "t")],
    columns: [columnRow(16400, 1, "A a")],
    indexes: [indexRow(16410, 16400, "t_pkey")],
    constraints: [
      constraintRow(16420, 16400, "t_pkey", {
        type: "p",
        definition: "PRIMARY KEY (a)",
        index: 16410,
      }),
    ],
    comments: [
      on(1259, 16400, 0, "it's a table"),
      on(1259, 16400, 1, "a column"),
      on(2606, 16420, 0, "a key"),
      on(1259, 16410, 0, "its index"),
      on(1259, 99999, 0, "of nothing that is dumped"),
    ],
  });
  const objects = [...tables(context), ...indexes(context)];
  expect(comments(context, objects).flatMap(({ sql }) => sql())).toEqual([
    "COMMENT ON TABLE shop.t IS 'it''s a table'",
    `COMMENT ON COLUMN shop.t."A a" IS 'a column'`,
    "COMMENT ON CONSTRAINT t_pkey ON shop.t IS 'a key'",
    "COMMENT ON INDEX shop.t_pkey IS 'its index'",
  ]);
});

test("of a composite type's columns, which belong to the relation behind it", () => {
  const context = contextOf({
    types: [typeRow(16400, "pair", "c")],
    compositeColumns: [
      { type: 16400, relation: 16402, number: 1, name: "a", columnType: "text", collation: null },
    ],
    comments: [on(1259, 16402, 1, "first")],
  });
  expect(comments(context, compositeTypes(context)).flatMap(({ sql }) => sql())).toEqual([
    "COMMENT ON COLUMN shop.pair.a IS 'first'",
  ]);
});

test.each([
  ["initdb's own comment", [on(2615, 2200, 0, "standard public schema")], []],
  ["another", [on(2615, 2200, 0, "ours")], ["COMMENT ON SCHEMA public IS 'ours'"]],
  ["none", [], ["COMMENT ON SCHEMA public IS NULL"]],
])("of public, the difference from %s", (_what, rows, statements) => {
  const context = contextOf({ comments: rows });
  const objects = namespaces(context).filter(({ name }) => name === "public");
  expect(comments(context, objects).flatMap(({ sql }) => sql())).toEqual(
    wherePublicIsOurs(statements, "its comment"),
  );
});

test.each([
  ["the control file's own", "text without case", []],
  ["changed", "mine", ["COMMENT ON EXTENSION citext IS 'mine'"]],
  ["removed", undefined, ["COMMENT ON EXTENSION citext IS NULL"]],
])("of an extension, when it is %s", (_case, comment, statements) => {
  const context = contextOf({
    extensions: [
      {
        oid: 16500,
        name: "citext",
        namespace: SHOP,
        controlComment: "text without case",
        configTables: [],
      },
    ],
    comments: comment === undefined ? [] : [on(3079, 16500, 0, comment)],
  });
  expect(comments(context, extensions(context)).flatMap(({ sql }) => sql())).toEqual(statements);
});
