import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { indexes, invalidIndexes } from "../../../../src/ddl/kinds/index-relation.ts";
import { replicaIdentities } from "../../../../src/ddl/kinds/replica-identity.ts";
import {
  constraintRow,
  contextOf,
  type ContextOptions,
  indexRow,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const TABLE = { relations: [tableRow(16400, "t")] };
const KEY = { type: "p", definition: "PRIMARY KEY (id)", index: 16410 } as const;
const INDEX = "CREATE INDEX i ON shop.t USING btree (a)";

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  ["an index", { ...TABLE, indexes: [indexRow(16410, 16400, "i")] }, [INDEX]],
  [
    "statistics, cluster and replica identity",
    {
      ...TABLE,
      indexes: [
        indexRow(16410, 16400, "i", {
          statisticsColumns: [1],
          statisticsTargets: [500],
          isClustered: true,
          isReplicaIdentity: true,
        }),
      ],
    },
    [
      INDEX,
      "ALTER INDEX shop.i ALTER COLUMN 1 SET STATISTICS 500",
      "ALTER TABLE shop.t CLUSTER ON i",
      "ALTER TABLE ONLY shop.t REPLICA IDENTITY USING INDEX i",
    ],
  ],
  [
    "of a materialized view",
    {
      relations: [tableRow(16400, "t", { kind: "m" })],
      indexes: [indexRow(16410, 16400, "i", { isClustered: true })],
    },
    [INDEX, "ALTER MATERIALIZED VIEW shop.t CLUSTER ON i"],
  ],
  [
    "in a tablespace",
    { ...TABLE, indexes: [indexRow(16410, 16400, "i", { tablespace: "Fast" })] },
    [`SET LOCAL default_tablespace = "Fast"`, INDEX, "SET LOCAL default_tablespace = ''"],
  ],
  [
    "tablespaces left out",
    { ...TABLE, indexes: [indexRow(16410, 16400, "i", { tablespace: "Fast" })] },
    [INDEX],
    { noTablespaces: true },
  ],
  [
    "a primary key",
    {
      ...TABLE,
      indexes: [indexRow(16410, 16400, "t_pkey")],
      constraints: [constraintRow(16420, 16400, "t_pkey", KEY)],
    },
    ["ALTER TABLE ONLY shop.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id)"],
  ],
  [
    "a deferrable key with storage parameters, which stand before DEFERRABLE",
    {
      ...TABLE,
      indexes: [indexRow(16410, 16400, "k", { options: ["fillfactor=70"] })],
      constraints: [
        constraintRow(16420, 16400, "k", {
          type: "u",
          definition: "UNIQUE (a) DEFERRABLE INITIALLY DEFERRED",
          index: 16410,
          deferrable: true,
          deferred: true,
        }),
      ],
    },
    [
      "ALTER TABLE ONLY shop.t\n    ADD CONSTRAINT k UNIQUE (a) WITH (fillfactor=70) DEFERRABLE INITIALLY DEFERRED",
    ],
  ],
  [
    "an exclusion constraint, whose definition has its parameters already",
    {
      ...TABLE,
      indexes: [indexRow(16410, 16400, "x", { options: ["fillfactor=70"] })],
      constraints: [
        constraintRow(16420, 16400, "x", {
          type: "x",
          definition: "EXCLUDE USING gist (a WITH &&) WITH (fillfactor='70')",
          index: 16410,
          byExclusion: true,
        }),
      ],
    },
    [
      "ALTER TABLE ONLY shop.t\n    ADD CONSTRAINT x EXCLUDE USING gist (a WITH &&) WITH (fillfactor='70')",
    ],
  ],
  [
    "of a partition: attached to its parent's",
    {
      relations: [
        tableRow(16400, "p", { kind: "p" }),
        tableRow(16500, "p1", { isPartition: true }),
      ],
      indexes: [
        indexRow(16410, 16400, "i", { isPartitioned: true, isValid: false }),
        indexRow(16510, 16500, "i1", { parent: 16410 }),
      ],
    },
    [
      INDEX,
      "CREATE INDEX i1 ON shop.t USING btree (a)",
      "ALTER INDEX shop.i ATTACH PARTITION shop.i1",
    ],
  ],
  [
    "invalid ones are left out",
    {
      ...TABLE,
      indexes: [
        indexRow(16410, 16400, "i", { isValid: false }),
        indexRow(16411, 16400, "j", { isReady: false }),
      ],
    },
    [],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(indexes, rows, options)).toEqual(statements);
});

test("an exclusion constraint of a partition comes with its parent's, and gets its name back", () => {
  const exclusion = { type: "x", definition: "EXCLUDE (a WITH =)", byExclusion: true } as const;
  const [parent, own] = statementsOf(indexes, {
    relations: [tableRow(16400, "p", { kind: "p" }), tableRow(16500, "p1", { isPartition: true })],
    indexes: [
      indexRow(16410, 16400, "x", { isPartitioned: true }),
      indexRow(16510, 16500, "x1", { parent: 16410 }),
    ],
    constraints: [
      constraintRow(16420, 16400, "x", { ...exclusion, index: 16410 }),
      constraintRow(16520, 16500, "x1", { ...exclusion, index: 16510, parent: 16420 }),
    ],
  });
  expect(parent).toBe("ALTER TABLE shop.p\n    ADD CONSTRAINT x EXCLUDE (a WITH =)");
  expect(own).toMatch(/^DO /);
  expect(own).toContain("RENAME CONSTRAINT");
  expect(own).toContain("'x1'");
});

test("of equivalent unique indexes, the one that a foreign key uses is created first", () => {
  const unique = { isUnique: true, referable: [1] };
  const context = contextOf({
    ...TABLE,
    indexes: [indexRow(16410, 16400, "i", unique), indexRow(16411, 16400, "j", unique)],
    constraints: [constraintRow(16420, 16400, "fk", { type: "f", index: 16411 })],
  });
  const [first, used] = indexes(context);
  expect(first?.requires).toContain(used?.id);
});

test("names invalid indexes", () => {
  const context = contextOf({
    ...TABLE,
    indexes: [
      indexRow(16410, 16400, "i", { isValid: false }),
      indexRow(16411, 16400, "j", { isPartitioned: true, isValid: false }),
    ],
  });
  expect(invalidIndexes(context)).toEqual(["shop.i"]);
});

test("replica identities without an index", () => {
  const relations = [
    tableRow(16400, "n", { replicaIdentity: "n" }),
    tableRow(16403, "f", { replicaIdentity: "f", kind: "p" }),
    tableRow(16406, "d"),
  ];
  expect(statementsOf(replicaIdentities, { relations })).toEqual([
    "ALTER TABLE ONLY shop.n REPLICA IDENTITY NOTHING",
    "ALTER TABLE ONLY shop.f REPLICA IDENTITY FULL",
  ]);
});

test("GiST's operator class for inet is the default since PostgreSQL 19", () => {
  const rows = {
    ...TABLE,
    indexes: [indexRow(16410, 16400, "i", { hasDefaultInetOps: true })],
  };
  expect(indexes(contextOf(rows))[0]?.features).toMatchObject([
    { code: "default-inet-ops", since: 19 },
  ]);
});
