import { expect, test } from "vitest";
import { withoutSecrets } from "../../../src/sql/conninfo-secrets.ts";

test.each([
  "",
  "host=a dbname=b",
  "host='a b' application_name='it\\'s password=x'",
  "postgresql://bob@host:5433/db?sslmode=require",
  "postgres://host/db?application_name=a%26password%3Db",
  "postgresql:///db?host=/var/run",
  "passfile=/home/x/.pgpass",
])("keeps %j as it is", (text) => {
  expect(withoutSecrets(text)).toEqual({ text, stripped: false });
});

test.each([
  ["host=a password=geheim dbname=b", "host=a dbname=b"],
  ["password=geheim", ""],
  ["host=a password = 'ge \\' heim' user=u", "host=a user=u"],
  ["password=ge\\ heim host=a", "host=a"],
  ["host=a sslpassword=geheim sslkey=k", "host=a sslkey=k"],
  ["postgresql://bob:geheim@host/db", "postgresql://bob@host/db"],
  ["postgresql://:geheim@host/db", "postgresql://@host/db"],
  ["postgresql://bob:ge:heim@h1,h2:1/db?a=b", "postgresql://bob@h1,h2:1/db?a=b"],
  [
    "postgresql://bob@host/db?password=geheim&sslmode=require",
    "postgresql://bob@host/db?sslmode=require",
  ],
  ["postgres://host/db?pass%77ord=geheim", "postgres://host/db"],
  // Not a connection string: no one can say what of it is secret.
  ["host=a 'password geheim", ""],
])("takes the secret out of %j", (text, left) => {
  const made = withoutSecrets(text);
  expect(made).toEqual({ text: left, stripped: true });
  expect(made.text).not.toContain("heim");
});
