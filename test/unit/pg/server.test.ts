import { expect, test } from "vitest";
import { untestedServer } from "../../../src/catalog/version.ts";
import { acceptedVersion, forkOf } from "../../../src/pg/server.ts";

const CHECK = { purpose: "dump" } as const;

test.each([
  [
    "PostgreSQL 16.14 (Debian 16.14-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by gcc",
    undefined,
  ],
  ["PostgreSQL 18beta1 on aarch64-apple-darwin", undefined],
  ["CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15, go1.22.2)", "CockroachDB"],
  [
    "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc 3.4.2, Redshift 1.0.77467",
    "Amazon Redshift",
  ],
  ["PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu, compiled by clang", "YugabyteDB"],
  ["PostgreSQL 9.4.26 (Greenplum Database 6.25.3 build commit:x) on x86_64", "Greenplum"],
  [
    "PostgreSQL 16.1 (EnterpriseDB Advanced Server 16.1.0) on x86_64",
    "EDB Postgres Advanced Server",
  ],
  ["PostgreSQL 9.5.0 on x86_64 (Materialize v0.90.0)", "Materialize"],
  ["DuckDB v1.0", "DuckDB"],
  ["", "an unknown server"],
])("%j is not taken for PostgreSQL", (text, fork) => {
  expect(forkOf(text)).toBe(fork);
  const accepted = (): unknown => acceptedVersion({ version: text, num: "160000" }, "db", CHECK);
  if (fork === undefined) expect(accepted()).toMatchObject({ major: 16 });
  else expect(accepted).toThrow(`cannot dump ${fork}: it is not PostgreSQL`);
});

test.each([
  ["90624", "cannot dump PostgreSQL 9: the oldest supported version is 13"],
  ["120022", "cannot dump PostgreSQL 12: the oldest supported version is 13"],
])("server_version_num %s is refused", (num, message) => {
  const facts = { version: `PostgreSQL ${num}`, num };
  expect(() => acceptedVersion(facts, "db", CHECK)).toThrow(message);
});

test.each([
  ["130000", 13, undefined],
  ["180003", 18, undefined],
  ["190000", 19, "untested-server"],
  ["250000", 25, "untested-server"],
])("server_version_num %s is taken", (num, major, code) => {
  const version = acceptedVersion({ version: `PostgreSQL ${num}`, num }, "db", CHECK);
  expect(version.major).toBe(major);
  for (const purpose of ["dump", "restore into"] as const)
    expect(untestedServer(version, purpose)?.code).toBe(code);
});
