import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { NexushubDumpError, ServerError } from "../../../src/errors.ts";
import { warningListener } from "../../../src/pg/notices.ts";
import { redactMessage } from "../../../src/pg/redact.ts";
import { fromPg } from "../../../src/pg/server-error.ts";
import { forkOf } from "../../../src/pg/server.ts";

function driverError(fields: Record<string, string>): Error {
  return Object.assign(new Error(fields.message), { severity: "ERROR", ...fields });
}

describe("fromPg", () => {
  test.each([
    // A missing right, the server's own hint, that of the caller, and the last one.
    ["42501", { permissionHint: "ours", hint: "common" }, "server's", "ours"],
    ["42501", { hint: "common" }, undefined, "common"],
    ["42710", { permissionHint: "ours", hint: "common" }, "server's", "server's"],
    ["3F000", { hint: "common" }, undefined, "common"],
    ["3F000", {}, undefined, expect.stringContaining("create the schema first")],
    ["22P05", {}, undefined, expect.stringContaining("--encoding=UTF8")],
  ])("gives %s of %o and %s the hint %s", (code, context, hint, expected) => {
    const fields = { message: "m", code, ...(hint === undefined ? {} : { hint }) };
    expect(fromPg(driverError(fields), context)).toMatchObject({ hint: expected });
  });

  test("keeps what names the object and drops what quotes the row", () => {
    const error = fromPg(
      driverError({
        message: 'duplicate key value violates unique constraint "users_pkey"',
        code: "23505",
        detail: "Key (token)=(s3cret) already exists.",
        where: 'COPY users, line 3: "s3cret"',
        internalQuery: "SELECT 's3cret'",
        hint: "a hint",
        schema: "public",
        table: "Users",
        constraint: "users_pkey",
        position: "7",
      }),
      { action: "copy", statement: "ALTER TABLE …" },
    );
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({
      code: "SERVER",
      message:
        'cannot copy: duplicate key value violates unique constraint "users_pkey" (line 3 of its data)',
      object: 'constraint users_pkey of table public."Users"',
      sqlState: "23505",
      hint: "a hint",
      position: 7,
      statement: "ALTER TABLE …",
      constraint: "users_pkey",
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  test.each([
    ["42501", "PERMISSION"],
    ["55P03", "LOCK_TIMEOUT"],
    ["28P01", "CONNECTION"],
    ["57P01", "CONNECTION"],
    ["53300", "CONNECTION"],
    ["42P01", "SERVER"],
  ])("SQLSTATE %s is %s", (code, expected) => {
    expect(fromPg(driverError({ message: "m", code })).code).toBe(expected);
  });

  test("tells a broken connection from a fault of ours", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
    expect(fromPg(refused).code).toBe("CONNECTION");
    expect(fromPg(new Error("Connection terminated unexpectedly")).code).toBe("CONNECTION");
    expect(fromPg(new TypeError("x is undefined")).code).toBe("INTERNAL");
    const own = new NexushubDumpError("BUSY", "ours");
    expect(fromPg(own)).toBe(own);
  });
});

describe("redactMessage", () => {
  test.each([
    [
      "22P02",
      'invalid input syntax for type integer: "s3"cret"',
      'invalid input syntax for type integer: "…"',
    ],
    [
      "22003",
      'value "99999999999" is out of range for type integer',
      'value "…" is out of range for type integer',
    ],
    [
      "22021",
      'invalid byte sequence for encoding "UTF8": 0xff 0x73',
      'invalid byte sequence for encoding "UTF8": …',
    ],
    [
      "22P05",
      'character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"',
      'character with byte sequence … in encoding "UTF8" has no equivalent in encoding "LATIN1"',
    ],
    ["42601", 'syntax error at or near "x"', 'syntax error at or near "x"'],
  ])("%s %s", (code, message, expected) => {
    expect(redactMessage({ message, code })).toBe(expected);
  });

  test("shows nothing of what a function raised", () => {
    const message = "bad token s3cret";
    const raised = [
      { message, code: "P0001" },
      { message, code: "23514", routine: "exec_stmt_raise" },
      { message, code: "38000" },
      { message, code: "XX000", routine: "do_util_elog" },
      { message, code: "23514", routine: "PLy_elog_impl" },
      { message, code: "23514", where: 'SQL function "f" statement 1\nCOPY t, line 1: "s3cret"' },
    ];
    for (const fields of raised) expect(redactMessage(fields)).not.toContain("s3cret");
  });
});

describe("while rows are loading", () => {
  const where = 'COPY t, line 1, column a: "s3cret"';

  test.each([
    ["42601", 'syntax error in tsquery: "s3cret"'],
    ["42P01", 'relation "s3cret" does not exist'],
    ["42704", 'role "s3cret" does not exist'],
    ["XX000", 'unexpected "s3cret"'],
  ])("no state shows a value: %s %s", (code, message) => {
    const error = fromPg({ severity: "ERROR", code, message, where, hint: "not s3cret" });
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain("s3cret");
    expect(error.message).toContain('"…"');
  });

  test("a constraint is still named", () => {
    const message = 'duplicate key value violates unique constraint "t_pkey"';
    const error = fromPg({ severity: "ERROR", code: "23505", message, where });
    expect(error.message).toContain("t_pkey");
  });

  test("warnings show no values either", () => {
    const shown: string[] = [];
    const listener = warningListener(
      (text) => shown.push(text),
      (error) => expect.fail(String(error)),
    );
    const warning = { severity: "WARNING", code: "01000", routine: undefined };
    listener({ ...warning, message: 'odd "s3cret"', where });
    listener({ ...warning, message: "s3cret", where: `PL/pgSQL function f()\n${where}` });
    expect(shown).toHaveLength(2);
    expect(shown.join(" ")).not.toContain("s3cret");
  });
});

describe("forkOf", () => {
  test.each([
    [
      "PostgreSQL 16.14 (Debian 16.14-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by gcc",
      undefined,
    ],
    ["PostgreSQL 19devel on x86_64-pc-linux-gnu", undefined],
    ["PostgreSQL 17.5 on x86_64-pc-linux-gnu, compiled by emcc", undefined],
    ["CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)", "CockroachDB"],
    [
      "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc, Redshift 1.0.48805",
      "Amazon Redshift",
    ],
    ["PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64-pc-linux-gnu", "YugabyteDB"],
    [
      "PostgreSQL 15.4 (EnterpriseDB Advanced Server 15.4.0) on x86_64",
      "EDB Postgres Advanced Server",
    ],
    ["SomethingElse 1.0", "SomethingElse"],
  ])("%s", (text, expected) => {
    expect(forkOf(text)).toBe(expected);
  });
});
