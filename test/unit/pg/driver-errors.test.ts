import { expect, test } from "vitest";
import { driverFault, poolerFault } from "../../../src/pg/driver-errors.ts";

test.each([
  [new Error("Connection terminated unexpectedly"), "lost"],
  [new Error("Client was closed and is not queryable"), "lost"],
  [new Error("timeout expired"), "timeout"],
  [new Error("The server does not support SSL connections"), "no-tls"],
  [new Error("There was an error establishing an SSL connection"), "tls-refused"],
  [new Error("Received unexpected dataRow message from backend."), "protocol"],
  [new Error("SASL: Last message was not SASLResponse"), "protocol"],
  [Object.assign(new Error("x"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }), "tls"],
])("%s is %s", (error, kind) => {
  expect(driverFault(error)?.kind).toBe(kind);
});

test("a way to authenticate is named", () => {
  const fault = driverFault(new Error("Unknown authenticationOk message type 7"));
  expect(fault).toEqual({ kind: "authentication", method: "GSSAPI" });
});

test.each([new Error("x is undefined"), { code: "42P01", severity: "ERROR" }, null])(
  "%j is not the driver's",
  (error) => {
    expect(driverFault(error)).toBeUndefined();
  },
);

test("a pooler's refusals are recognized by SQLSTATE and text", () => {
  const statement = "transaction blocks not allowed in statement pooling mode";
  expect(poolerFault("08P01", statement)).toBe("statement-mode");
  expect(poolerFault("08P01", "unsupported startup parameter: options")).toBe("startup-parameter");
  expect(poolerFault("42601", statement)).toBeUndefined();
});
