import fc from "fast-check";
import { expect, test } from "vitest";
import { formatKeywords, formatUri } from "../../../../src/sql/conninfo/format.ts";
import { parseConnectionString } from "../../../../src/sql/conninfo/parse.ts";
import { readsAsConnectionString, withoutSecrets } from "../../../../src/sql/conninfo/secrets.ts";

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
  ["postgresql://bob@host/db?pwd=geheim", "postgresql://bob@host/db"],
  ["host=a PASSWORD=geheim", "host=a"],
  // What a password that nobody encoded leaves behind would be part of it.
  ["postgresql://bob:ge@heim@host/db", ""],
  ["postgresql://bob:ge/heim@host/db", ""],
  ["bob:geheim@host/db", ""],
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

const SECRET = "5ecr3t ü'\\@/:?&=%%";

test("no secret is left, whatever else the connection string holds", () => {
  const keyword = fc.constantFrom(
    "password",
    "sslpassword",
    "scram_client_key",
    "oauth_client_secret",
  );
  const others = fc.record(
    {
      user: fc.string({ minLength: 1 }),
      host: fc.domain(),
      dbname: fc.string({ minLength: 1 }),
      sslmode: fc.string(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      others,
      keyword,
      fc.string({ maxLength: 5 }),
      fc.boolean(),
      (rest, name, tail, uri) => {
        const secret = SECRET + tail.replaceAll("\0", "");
        const text = (uri ? formatUri : formatKeywords)({ ...rest, [name]: secret });
        const { text: left, stripped } = withoutSecrets(text);
        expect(stripped).toBe(true);
        expect(left).not.toMatch(/5ecr3t/);
        expect(parseConnectionString(left)).toEqual({ ...rest });
      },
    ),
    { numRuns: 500 },
  );
});

test("nothing is left of a password that nobody encoded", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      // What follows such a ? is a parameter of the URI to libpq too.
      fc.pre(!/\?[\w.-]+=/.test(`${before}5ecr3t${after}`));
      const { text } = withoutSecrets(`postgresql://u:${before}5ecr3t${after}@h/d`);
      expect(text).not.toContain("5ecr3t");
    }),
    { numRuns: 1000 },
  );
});

test.each([
  "postgresql://u:pw@h/d",
  "POSTGRES://h/d",
  "mysql://u:pw@h/d",
  "dbname=x password=pw",
  "host = h",
  "user=u",
  "sslpassword=geheim",
  "x?password=geheim",
  "Host=h;Password=geheim",
  "PASSWORD = geheim",
  " postgres://bob:geheim@h/d",
  '"postgresql://bob:geheim@h/d"',
  "jdbc:postgresql://h/d?user=u&password=geheim",
  "bob:geheim@h/d",
])("%j reads as a connection string", (text) => {
  expect(readsAsConnectionString(text)).toBe(true);
});

test.each([
  "backup.tar.gz",
  "/srv/a=b/backup.tar",
  "s3://bucket/prefix",
  "C:\\backups\\a.tar",
  "",
  "a b.tar",
  "/srv/token=1/backup.tar",
  "x?host=1.tar",
  "passfile=.pgpass.tar",
  "C:\\a@b.tar",
  "/srv/12:30@home.tar",
])("%j does not", (text) => {
  expect(readsAsConnectionString(text)).toBe(false);
});
