import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { foreignKeys } from "../../../../src/ddl/kinds/foreign-key.ts";
import {
  columnRow,
  constraintRow,
  contextOf,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const FK = {
  type: "f",
  definition: "FOREIGN KEY (a) REFERENCES shop.t(id)",
  references: 16400,
} as const;
const NOT_VALID = `${FK.definition} NOT VALID`;
const PARTITIONS = {
  relations: [
    tableRow(16400, "t"),
    tableRow(16410, "p", { kind: "p", partitionKey: "RANGE (a)" }),
    tableRow(16420, "p1", { isPartition: true, partitionBound: "DEFAULT" }),
  ],
  inherits: [{ child: 16420, parent: 16410 }],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "of a table, ONLY there",
    {
      relations: [tableRow(16400, "t"), tableRow(16410, "u")],
      constraints: [constraintRow(16430, 16410, "u fk", FK)],
    },
    [`ALTER TABLE ONLY shop.u\n    ADD CONSTRAINT "u fk" FOREIGN KEY (a) REFERENCES shop.t(id)`],
  ],
  [
    "of ranges: checked without hash joins",
    {
      relations: [tableRow(16400, "t"), tableRow(16410, "u")],
      constraints: [constraintRow(16430, 16410, "fk", { ...FK, comparesRanges: true })],
    },
    [
      "SET LOCAL enable_hashjoin = off",
      "ALTER TABLE ONLY shop.u\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES shop.t(id)",
      "SET LOCAL enable_hashjoin TO DEFAULT",
    ],
  ],
  [
    "that PostgreSQL refuses to validate: not validated",
    {
      relations: [tableRow(16400, "t"), tableRow(16410, "u")],
      constraints: [constraintRow(16430, 16410, "fk", { ...FK, isMisvalidated: true })],
    },
    [
      "ALTER TABLE ONLY shop.u\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES shop.t(id) NOT VALID",
    ],
  ],
  [
    "of a partitioned table: reaches into the partitions, which inherit it",
    {
      ...PARTITIONS,
      constraints: [
        constraintRow(16430, 16410, "fk", FK),
        constraintRow(16431, 16420, "fk", { ...FK, parent: 16430, isLocal: false }),
      ],
    },
    ["ALTER TABLE shop.p\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES shop.t(id)"],
  ],
  [
    "of a partition that is valid where the partitioned table's is not: written there too",
    {
      ...PARTITIONS,
      constraints: [
        constraintRow(16430, 16410, "fk", { ...FK, definition: NOT_VALID, isValidated: false }),
        constraintRow(16431, 16420, "fk", { ...FK, parent: 16430, isLocal: false }),
      ],
    },
    [
      `DO $$BEGIN
  IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 < 180000 THEN
    RAISE WARNING USING MESSAGE = 'foreign key fk of table shop.p was added to its partitions alone: before PostgreSQL 18 that of a partitioned table cannot be NOT VALID';
  ELSE
    ALTER TABLE shop.p
    ADD CONSTRAINT fk ${NOT_VALID};
  END IF;
END$$`,
      "ALTER TABLE ONLY shop.p1\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES shop.t(id)",
    ],
  ],
  [
    "of a partition with a name of its own: written there too",
    {
      ...PARTITIONS,
      constraints: [
        constraintRow(16430, 16410, "fk", FK),
        constraintRow(16431, 16420, "mine", { ...FK, parent: 16430, isLocal: false }),
      ],
    },
    [
      "ALTER TABLE shop.p\n    ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES shop.t(id)",
      "ALTER TABLE ONLY shop.p1\n    ADD CONSTRAINT mine FOREIGN KEY (a) REFERENCES shop.t(id)",
    ],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(foreignKeys, rows)).toEqual(statements);
});

test("a partition's own key comes before the key that takes it as its inherited one", () => {
  const context = contextOf({
    ...PARTITIONS,
    constraints: [
      constraintRow(16430, 16410, "fk", FK),
      constraintRow(16431, 16420, "mine", { ...FK, parent: 16430, isLocal: false }),
    ],
  });
  const [parent, own] = foreignKeys(context);
  expect(parent?.requires).toContain(own?.id);
});

test("an inherited key with a comment has an empty entry, which the comment can follow", () => {
  const context = contextOf({
    ...PARTITIONS,
    constraints: [
      constraintRow(16430, 16410, "fk", FK),
      constraintRow(16431, 16420, "fk", { ...FK, parent: 16430, isLocal: false }),
    ],
    comments: [{ classoid: 2606, objoid: 16431, objsubid: 0, description: "x" }],
  });
  const [parent, inherited] = foreignKeys(context);
  expect(inherited?.sql()).toEqual([]);
  expect(inherited?.requires).toContain(parent?.id);
});

test("only a name that PostgreSQL can choose for the part of another key of the table is freed", () => {
  const toPartitioned = { ...FK, columns: [1], references: 16410 };
  const statements = statementsOf(foreignKeys, {
    ...PARTITIONS,
    relations: [...PARTITIONS.relations, tableRow(16430, "u")],
    columns: [columnRow(16430, 1, "a")],
    constraints: [
      constraintRow(16440, 16430, "fk", toPartitioned),
      constraintRow(16441, 16430, "fk_1", FK),
      constraintRow(16442, 16430, "fk1", FK),
      constraintRow(16443, 16430, "u_a_fkey", FK),
    ],
  });
  const freed = statements.filter((statement) => statement.startsWith("DO "));
  expect(freed.map((statement) => /conname = '(.*)'/.exec(statement)![1])).toEqual([
    "fk_1",
    "u_a_fkey",
  ]);
});
