import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../../../src/errors.ts";
import { type TlsAttempt, tlsAttempts } from "../../../../src/pg/libpq/sslmode.ts";

let empty: string;
let full: string;

beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), "nexushub-dump-tls-"));
  full = mkdtempSync(join(tmpdir(), "nexushub-dump-tls-"));
  mkdirSync(join(full, ".postgresql"));
  for (const name of ["root.crt", "postgresql.crt", "postgresql.key"]) {
    writeFileSync(join(full, ".postgresql", name), name, { mode: 0o600 });
  }
});
afterAll(() => {
  for (const folder of [empty, full]) rmSync(folder, { recursive: true });
});

/** `plain`, `open` (any certificate), `ca` (a known issuer), `name` (its own name too). */
function strength(attempt: TlsAttempt): string {
  if (attempt === false) return "plain";
  if (attempt.rejectUnauthorized === false) return "open";
  return attempt.checkServerIdentity === undefined ? "name" : "ca";
}

describe("tlsAttempts", () => {
  test.each([
    [undefined, "open plain", "open plain"],
    ["disable", "plain", "plain"],
    ["allow", "plain open", "plain open"],
    ["prefer", "open plain", "open plain"],
    ["require", "open", "ca"],
    ["verify-ca", "error", "ca"],
    ["verify-full", "error", "name"],
  ])("%s without and with a root certificate", (sslmode, without, withRoot) => {
    const params = sslmode === undefined ? {} : { sslmode };
    const got = [empty, full].map((HOME) => {
      try {
        return tlsAttempts(params, { HOME }).map(strength).join(" ");
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        return "error";
      }
    });
    expect(got).toEqual([without, withRoot]);
  });

  test("checks names against the system's roots with sslrootcert=system", () => {
    const attempts = tlsAttempts({ sslrootcert: "system" }, { HOME: full });
    expect(attempts.map(strength)).toEqual(["name"]);
    expect(attempts[0]).not.toHaveProperty("ca");
  });

  test("sends the client certificate in the default place, unless others can read its key", () => {
    expect(tlsAttempts({ sslmode: "require" }, { HOME: full })[0]).toMatchObject({
      cert: Buffer.from("postgresql.crt"),
      key: Buffer.from("postgresql.key"),
    });
    chmodSync(join(full, ".postgresql", "postgresql.key"), 0o644);
    expect(() => tlsAttempts({ sslmode: "require" }, { HOME: full })).toThrow(/read by others/);
    chmodSync(join(full, ".postgresql", "postgresql.key"), 0o600);
  });

  test("refuses an unknown mode and a file that is not there", () => {
    expect(() => tlsAttempts({ sslmode: "requires" }, { HOME: empty })).toThrow(UsageError);
    expect(() =>
      tlsAttempts({ sslmode: "verify-ca", sslrootcert: "/nowhere" }, { HOME: empty }),
    ).toThrow(UsageError);
  });
});
