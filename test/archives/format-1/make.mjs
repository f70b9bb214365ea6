/**
 * Makes the archives of this folder with a release that writes format 1. They are never made again: what an old release
 * wrote must stay readable as it is. Run as `node make.mjs FOLDER_OF_THE_BUILT_RELEASE DATABASE_URL`, where the database
 * was filled from source.sql.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [release, url] = process.argv.slice(2);
const { dump, encryptArchive, pack } = await import(resolve(release, "dist/index.js"));
const { sealManifest } = await import(resolve(release, "dist/nexushub/index.js"));
const { generateX25519Identity, identityToRecipient } = await import(
  resolve(release, "node_modules/age-encryption/dist/index.js")
);
const folder = import.meta.dirname;
const at = (name) => join(folder, name);
const KEY = Buffer.from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "base64");
const small = { partBytes: 1500, jobs: 1 };

await dump(url, at("gzip.tar.gz"), { ...small, owner: true, privileges: true });
await dump(url, at("none.tar"), { compression: "none", jobs: 1 });
await dump(url, at("reproducible.tar.gz"), { ...small, compression: "gzip:9", reproducible: true });
await dump(url, at("key.tar.gz"), { ...small, seal: (manifest) => sealManifest(manifest, KEY) });
await dump(url, at("masked.tar.gz"), {
  ...small,
  mask: { "users.email": "format('masked%s@example.org', id)", "users.name": "NULL" },
  where: { log: "id <= 40" },
});
await dump(url, at("sample.tar.gz"), { ...small, sample: { orders: "newest 20" } });
await dump(url, at("data-only.tar.gz"), { ...small, dataOnly: true });
await dump(url, at("schema-only.tar.gz"), { ...small, schemaOnly: true });
await dump(url, at("selected.tar.gz"), { ...small, tables: ["users", "orders"] });

const identity = await generateX25519Identity();
writeFileSync(at("identity.txt"), `${identity}\n`);
const recipients = [await identityToRecipient(identity)];
await dump(url, encryptArchive(at("encrypted.tar.gz.age"), { recipients }), small);

mkdirSync(at("folder"), { recursive: true });
await pack(at("reproducible.tar.gz"), at("folder"));

/** For each table the number of its rows and a digest of their text. */
const sql = `SELECT json_object_agg(t.name, x.facts ORDER BY t.name) FROM (
    SELECT format('%I', c.relname) AS name, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r') AS t,
  LATERAL (SELECT (xpath('//f/text()', query_to_xml(format(
    'SELECT count(*) || '' '' || coalesce(md5(string_agg(t::text, '','' ORDER BY t::text COLLATE "C")), ''none'') AS f FROM ONLY %s AS t', t.name),
    false, false, '')))[1]::text AS facts) AS x`;
const facts = execFileSync("psql", ["-X", "-At", "-d", url, "-c", sql], { encoding: "utf8" });
writeFileSync(at("rows.json"), `${JSON.stringify(JSON.parse(facts), null, 2)}\n`);
