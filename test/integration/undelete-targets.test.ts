/** Undelete into what is not an ordinary session of an owner, from archives of every kind, and while others work. */
import { generateKeyPairSync } from "node:crypto";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSignKey, readVerifyKeys } from "../../src/archive/signing/ed25519-key.ts";
import { requireSigned } from "../../src/archive/signing/signed-archive.ts";
import { decryptArchive, encryptArchive } from "../../src/archive/encryption/age.ts";
import { dump } from "../../src/dump/dump.ts";
import { undelete } from "../../src/undelete/undelete.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { contentsOf } from "../support/table-contents.ts";

let database: TestDatabase;
let before: Record<string, string>;
const store = new MemoryStore();
const options = { rows: { p: "id = 1" }, withDependents: true };
const pair = generateKeyPairSync("ed25519");
const signKey = readSignKey(pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string);

beforeAll(async () => {
  database = await freshDatabase();
  await database.query(`
    CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE);
    INSERT INTO p VALUES (1, 'secret-1'), (2, 'secret-2'); INSERT INTO c VALUES (1, 1), (2, 1), (3, 2);
    CREATE FUNCTION writes() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.p VALUES (9, 'w'); RETURN true; END $$`);
  await dump(database.url, store, { signKey });
  before = await contentsOf(database);
});
afterAll(() => database.drop());

const deleted = (): Promise<unknown> => database.query("DELETE FROM p WHERE id = 1");

test("a dry run, then an archive that is encrypted and signed", async () => {
  await deleted();
  const without = await contentsOf(database);
  const dry = await undelete(store, database.url, { ...options, dryRun: true });
  expect(dry).toMatchObject({ committed: false, rows: 3, conflicts: [] });
  expect(await contentsOf(database)).toEqual(without);
  const encrypted = new MemoryStore();
  const identity = await generateIdentity();
  await dump(
    database.url,
    encryptArchive(encrypted, { recipients: [await identityToRecipient(identity)] }),
  );
  await expect(undelete(encrypted, database.url, options)).rejects.toMatchObject({
    code: /ARCHIVE/,
  });
  const keys = readVerifyKeys(pair.publicKey.export({ type: "spki", format: "pem" }) as string);
  expect(await undelete(requireSigned(store, keys), database.url, options)).toMatchObject({
    rows: 3,
  });
  expect(await contentsOf(database)).toEqual(before);
  await expect(
    undelete(decryptArchive(encrypted, { identities: [identity] }), database.url, options),
  ).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("no row") });
});

test("a client in the caller's transaction, twice", async () => {
  await deleted();
  const client = await database.client();
  await client.query("BEGIN; SET LOCAL search_path = pg_catalog");
  const dry = await undelete(store, client, { ...options, dryRun: true });
  expect(dry).toMatchObject({ committed: false, rows: 3 });
  expect((await client.query("SELECT FROM public.p")).rowCount).toBe(1);
  expect(await undelete(store, client, options)).toMatchObject({ committed: false, rows: 3 });
  const { rows } = await client.query(
    "SELECT current_setting('search_path') AS path, current_setting('transaction_read_only') AS only",
  );
  expect(rows).toEqual([{ path: "pg_catalog", only: "off" }]);
  await client.query("COMMIT");
  await client.end();
  expect(await contentsOf(database)).toEqual(before);
});

test("a client goes on after conflicts in a dry run, after a refusal, and after an undelete that stopped", async () => {
  await deleted();
  const client = await database.client();
  await client.query("BEGIN");
  const temporary = async () => {
    const { rows } = await client.query(
      "SELECT relname FROM pg_catalog.pg_class WHERE relname LIKE 'nexushub_dump%'",
    );
    return rows;
  };
  const dry = { ...options, dryRun: true };
  const take = () => database.query("INSERT INTO p VALUES (8, 'secret-1')") as Promise<never>;
  expect(await undelete(store, client, { ...dry, onPlan: take })).toMatchObject({
    conflicts: [{ reason: "constraint" }],
  });
  expect(await temporary()).toEqual([]);
  expect(await undelete(store, client, dry)).toMatchObject({
    conflicts: [{ reason: "duplicate" }],
  });
  expect(await temporary()).toEqual([]);
  await expect(undelete(store, client, options)).rejects.toMatchObject({ code: "ROW_CONFLICT" });
  expect(await temporary()).toEqual([]);
  await expect(undelete(store, client, { rows: { p: "id = 77" } })).rejects.toMatchObject({
    code: "USAGE",
  });
  expect(await temporary()).toEqual([]);
  await database.query("DELETE FROM p WHERE id = 8");
  const stop = () => {
    throw new Error("not today");
  };
  await expect(undelete(store, client, { ...options, onPlan: stop })).rejects.toThrow("not today");
  expect(await undelete(store, client, options)).toMatchObject({ rows: 3 });
  await client.query("COMMIT");
  await client.end();
  expect(await contentsOf(database)).toEqual(before);
});

test("the faults of a condition show no values, and functions in it write nothing", async () => {
  await deleted();
  const without = await contentsOf(database);
  const refused = (rows: Record<string, string>) =>
    undelete(store, database.url, { rows }).then(
      () => expect.unreachable(),
      (error: unknown) => error as Error & { hint?: string },
    );
  expect(await refused({ p: "public.writes()" })).toMatchObject({
    code: "SERVER",
    sqlState: "25006",
  });
  const cast = await refused({ p: "code::int = 1" });
  expect(cast).toMatchObject({ code: "SERVER", sqlState: "22P02" });
  expect(`${cast.message} ${cast.hint}`).not.toContain("secret");
  expect(await refused({ p: "id =" })).toMatchObject({ code: "SERVER", sqlState: "42601" });
  expect(await refused({ q: "true" })).toMatchObject({ code: "USAGE" });
  expect(await refused({ p: "id = 77" })).toMatchObject({ code: "USAGE" });
  expect(await contentsOf(database)).toEqual(without);
  // A comment at the end of a condition does not hide what follows.
  expect(
    await undelete(store, database.url, { ...options, rows: { p: "id = 1 -- the first" } }),
  ).toMatchObject({ rows: 3 });
  expect(await contentsOf(database)).toEqual(before);
});

test("what others do meanwhile makes it fail, and stay as it was", async () => {
  await deleted();
  const taken = undelete(store, database.url, {
    ...options,
    onPlan: () => database.query("INSERT INTO p VALUES (8, 'secret-1')") as Promise<never>,
  });
  await expect(taken).rejects.toMatchObject({
    code: "ROW_CONFLICT",
    objects: ["table public.p: the rows violate p_code_key"],
  });
  await database.query("DELETE FROM p WHERE id = 8");
  const stopped = undelete(store, database.url, {
    ...options,
    onPlan: () => {
      throw new Error("not today");
    },
  });
  await expect(stopped).rejects.toThrow("not today");
  expect((await database.query("SELECT FROM p")).length).toBe(1);
  expect(await undelete(store, database.url, options)).toMatchObject({ rows: 3 });
  expect(await contentsOf(database)).toEqual(before);
});

test("a trigger that changes rows is noticed where it may fire", async () => {
  await deleted();
  await database.query(`
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.code := 'touched'; RETURN NEW; END $$;
    CREATE TRIGGER touch BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION touch()`);
  await expect(
    undelete(store, database.url, { ...options, enableTriggers: true }),
  ).rejects.toMatchObject({ code: "MISMATCH" });
  expect(await undelete(store, database.url, options)).toMatchObject({ rows: 3 });
  await database.query("DROP TRIGGER touch ON p");
  expect(await contentsOf(database)).toEqual(before);
});
