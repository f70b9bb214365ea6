import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { subscriptions } from "../../../../src/ddl/kinds/subscription.ts";
import {
  contextOf,
  type ContextOptions,
  POSTGRES,
  statementsOf,
} from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "sub",
  owner: POSTGRES,
  server: null,
  conninfo: "host=h password=s3cret",
  slotName: "sub",
  synchronousCommit: "off",
  publications: ["p", "Q r"],
  binary: null,
  streaming: null,
  twoPhase: null,
  disableOnError: null,
  passwordRequired: null,
  runAsOwner: false,
  origin: null,
  failover: null,
  retainDeadTuples: null,
  maxRetention: null,
  receiverTimeout: null,
};
const create = (conninfo: string, options: string) =>
  `CREATE SUBSCRIPTION sub\n    CONNECTION '${conninfo}'\n    PUBLICATION p, "Q r"\n    WITH (${options})`;

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  [
    "without the password, and without connecting",
    { subscriptions: [ROW] },
    [create("host=h", "connect = false")],
  ],
  [
    "with the password where it is asked for",
    { subscriptions: [ROW] },
    [create("host=h password=s3cret", "connect = false")],
    { userMappingSecrets: true },
  ],
  [
    "without a slot",
    { subscriptions: [{ ...ROW, slotName: null }] },
    [create("host=h", "connect = false, slot_name = NONE")],
  ],
  [
    "every option",
    {
      subscriptions: [
        {
          ...ROW,
          slotName: "my slot",
          synchronousCommit: "on",
          binary: true,
          streaming: "p",
          twoPhase: true,
          disableOnError: true,
          passwordRequired: false,
          runAsOwner: true,
          origin: "none",
          failover: true,
          retainDeadTuples: true,
          maxRetention: 60000,
          receiverTimeout: "10s",
        },
      ],
    },
    [
      create(
        "host=h",
        "connect = false, slot_name = 'my slot', binary = true, streaming = parallel, two_phase = on, disable_on_error = true, password_required = false, run_as_owner = true, failover = true, retain_dead_tuples = true, max_retention_duration = 60000, wal_receiver_timeout = '10s', synchronous_commit = 'on', origin = 'none'",
      ),
    ],
  ],
  [
    "of PostgreSQL 19 with what is the default there",
    {
      subscriptions: [
        { ...ROW, retainDeadTuples: false, maxRetention: 0, receiverTimeout: "-1", streaming: "p" },
      ],
    },
    [create("host=h", "connect = false, streaming = parallel")],
    { major: 19 },
  ],
  [
    "over a foreign server",
    { subscriptions: [{ ...ROW, server: "Far away", conninfo: null }] },
    [
      `CREATE SUBSCRIPTION sub\n    SERVER "Far away"\n    PUBLICATION p, "Q r"\n    WITH (connect = false)`,
    ],
    { major: 19 },
  ],
  [
    "streaming is always said where the server has it",
    {
      subscriptions: [
        { ...ROW, streaming: "f" },
        { ...ROW, streaming: "t" },
      ],
    },
    [
      create("host=h", "connect = false, streaming = off"),
      create("host=h", "connect = false, streaming = on"),
    ],
  ],
  [
    "of PostgreSQL 13 keeps applying changes as its owner, without streaming",
    { subscriptions: [{ ...ROW, runAsOwner: null }] },
    [
      create("host=h", "connect = false"),
      "DO $$BEGIN\n  IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 160000 THEN\n    ALTER SUBSCRIPTION sub SET (run_as_owner = true, streaming = off);\n  END IF;\nEND$$",
    ],
    { major: 13 },
  ],
  [
    "of PostgreSQL 15 is the same as of a newer server in a reproducible archive",
    { subscriptions: [{ ...ROW, runAsOwner: null, streaming: "f" }] },
    [create("host=h", "connect = false, streaming = off")],
    { major: 15, reproducible: true },
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(subscriptions, rows, options)).toEqual(statements);
});

test.each([
  [{}, {}, ["subscription-password"]],
  [{}, { userMappingSecrets: true }, []],
  [{ conninfo: "host=h" }, {}, []],
  [{ conninfo: null }, {}, ["subscription-connection"]],
  // The connection string is the server's and its user mapping's.
  [{ conninfo: null, server: "far" }, {}, []],
])("%j with %j warns of %j", (row, options, codes) => {
  const [object] = subscriptions(contextOf({ subscriptions: [{ ...ROW, ...row }] }, options));
  expect(object?.warnings?.map(({ code }) => code)).toEqual(codes);
  expect(JSON.stringify(object?.warnings)).not.toContain("s3cret");
});

test.each([
  [{ server: "far", conninfo: null }, ["subscription-server"]],
  [{ retainDeadTuples: true }, ["subscription-options-19"]],
  [{ maxRetention: 1 }, ["subscription-options-19"]],
  [{ receiverTimeout: "0" }, ["subscription-options-19"]],
  [{ retainDeadTuples: false, maxRetention: 0, receiverTimeout: "-1" }, []],
])("%j needs %j of a server", (row, codes) => {
  const [object] = subscriptions(contextOf({ subscriptions: [{ ...ROW, ...row }] }));
  expect(object?.features?.map(({ code }) => code)).toEqual(codes);
});
