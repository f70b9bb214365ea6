import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { authenticationPolicy, enforceAuthentication } from "../../../src/pg/authentication.ts";
import type { DriverConnection } from "../../../src/pg/driver.ts";
import type { ConnParams } from "../../../src/sql/conninfo/parse.ts";

type Event = readonly [name: string, message?: object];

/** Lets a server's requests pass, and gives the message of the error that stops them. */
function login(params: ConnParams, encrypted: boolean, events: readonly Event[]): string {
  const connection = Object.assign(new EventEmitter(), { stream: { encrypted } });
  enforceAuthentication(connection as unknown as DriverConnection, authenticationPolicy(params));
  try {
    for (const [name, message] of events) connection.emit(name, message);
    return "in";
  } catch (error) {
    return (error as Error).message;
  }
}

const OK: Event = ["authenticationOk"];
const MD5: Event[] = [["authenticationMD5Password"], OK];
const CLEAR: Event[] = [["authenticationCleartextPassword"], OK];
const scram = (...mechanisms: string[]): Event[] => [
  ["authenticationSASL", { mechanisms }],
  ["authenticationSASLContinue"],
  ["authenticationSASLFinal"],
  OK,
];
const SCRAM = scram("SCRAM-SHA-256");
const BOUND = scram("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");

describe("a login", () => {
  test.each([
    ["", MD5, "in"],
    ["", [OK], "in"],
    ["scram-sha-256", SCRAM, "in"],
    ["scram-sha-256", MD5, "the server asks for authentication by md5"],
    ["scram-sha-256,none", [OK], "in"],
    ["scram-sha-256", [OK], "the server asks for authentication by none"],
    ["!password,!none", CLEAR, "the server asks for authentication by password"],
    ["!password", MD5, "in"],
  ] as const)("with require_auth=%s", (require_auth, events, outcome) => {
    expect(login({ require_auth }, false, events)).toBe(outcome);
  });

  test.each([
    ["require", true, BOUND, "in"],
    ["require", true, SCRAM, "the server does not offer channel binding"],
    ["require", false, BOUND, "the server does not offer channel binding"],
    ["require", true, MD5, "the server does not offer channel binding"],
    ["require", true, [OK], "the server does not offer channel binding"],
    ["prefer", false, SCRAM, "in"],
  ] as const)("with channel_binding=%s, TLS: %s", (channel_binding, encrypted, events, outcome) => {
    expect(login({ channel_binding }, encrypted, events)).toBe(outcome);
  });

  test("must verify the server too", () => {
    const [first] = SCRAM;
    expect(login({}, false, [first!, OK])).toMatch(/before it was verified itself/);
  });
});

test.each([
  [{ channel_binding: "sometimes" }],
  [{ require_auth: "kerberos" }],
  [{ require_auth: "md5,!password" }],
])("%j is refused by name", (params) => {
  expect(() => authenticationPolicy(params)).toThrow(/unknown (channel_binding|require_auth)/);
});
