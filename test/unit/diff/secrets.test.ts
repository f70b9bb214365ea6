import { expect, test } from "vitest";
import { objectWithoutSecrets } from "../../../src/diff/secrets.ts";

const NOT_SHOWN = "OPTIONS (/* not shown */)";

test.each([
  [
    "user-mapping",
    `CREATE USER MAPPING FOR app SERVER s OPTIONS ("user" 'u', password 'it''s')`,
    "CREATE USER MAPPING FOR app SERVER s",
    `CREATE USER MAPPING FOR app SERVER s ${NOT_SHOWN}`,
  ],
  [
    "user-mapping",
    `CREATE USER MAPPING FOR "a "" OPTIONS (" SERVER "s OPTIONS (" OPTIONS (password 'p')`,
    `CREATE USER MAPPING FOR "a "" OPTIONS (" SERVER "s OPTIONS ("`,
    `CREATE USER MAPPING FOR "a "" OPTIONS (" SERVER "s OPTIONS (" ${NOT_SHOWN}`,
  ],
  [
    "user-mapping",
    "/* of another tool */ CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'p')",
    "CREATE USER MAPPING",
    `CREATE USER MAPPING ${NOT_SHOWN}`,
  ],
  [
    "subscription",
    `CREATE SUBSCRIPTION "a b"\n    CONNECTION 'host=h password=\\''p options=''-c a=b'''\n    PUBLICATION p`,
    `CREATE SUBSCRIPTION "a b"\n    CONNECTION 'host=h options=''-c a=b'''\n    PUBLICATION p`,
    `CREATE SUBSCRIPTION "a b"\n    CONNECTION 'host=h options=''-c a=b''' /* a password is not shown */\n    PUBLICATION p`,
  ],
])("takes secrets out of a %s", (kind, statement, without, shown) => {
  expect(objectWithoutSecrets({ kind, statements: [statement] })).toEqual({
    statements: [without],
    shown: [shown],
    hasSecrets: true,
  });
});

test.each([
  ["user-mapping", "CREATE USER MAPPING FOR PUBLIC SERVER s"],
  ["subscription", "CREATE SUBSCRIPTION s\n    CONNECTION 'host=h'\n    PUBLICATION p"],
  ["subscription", "CREATE SUBSCRIPTION s\n    SERVER s\n    PUBLICATION p"],
  ["table", "CREATE TABLE t (a text DEFAULT 'password=p')"],
])("leaves a %s without secrets as it is", (kind, statement) => {
  expect(objectWithoutSecrets({ kind, statements: [statement] })).toEqual({
    statements: [statement],
    shown: [statement],
    hasSecrets: false,
  });
});
