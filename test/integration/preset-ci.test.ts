/** The preset for CI on the whole fixture: an independent search finds no original, and what is restored works. */
import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { dumpForCi } from "../../src/nexushub/ci/dump-for-ci.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { configProblems, renderPeerConfig } from "../../src/nexushub/drill/peer-config.ts";
import { listKnownPeers, readPeerFacts } from "../../src/nexushub/drill/peer-facts.ts";
import { TEST_KEY } from "../../src/nexushub/demo-data/generate.ts";
import { open, SEALED_COLUMNS } from "../../src/nexushub/keys/sealed-value.ts";
import { publicKeyOf } from "../../src/nexushub/keys/wireguard-key.ts";
import { connect } from "../../src/pg/connect.ts";
import { restore } from "../../src/restore/restore.ts";
import { findLeaks } from "../../src/verify/leaked-values.ts";
import { verify } from "../../src/verify/verify.ts";
import { type TestDatabase, templateDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { MemoryStore } from "../support/archives.ts";

const REAL_KEY = Buffer.alloc(32, 7);
const template = (): Promise<string> =>
  templateDatabase("nexushub_real_key", async (url) => {
    await loadNexusHubDemoData(url, { auditRows: 2000, key: REAL_KEY });
  });

/** What must not be found, as queries for its texts: of bytes the forms in which they may be written. */
const bytes = (column: string, table: string): string =>
  `SELECT unnest(ARRAY[encode(${column}, 'hex'), translate(encode(${column}, 'base64'), E'\\n=', '')]) FROM ${table} WHERE ${column} IS NOT NULL`;
const texts = (sql: string): string =>
  `SELECT unnest(ARRAY[v, trim('"' FROM to_json(v)::text), encode(convert_to(v, 'UTF8'), 'hex'),
     translate(encode(convert_to(v, 'UTF8'), 'base64'), E'\\n=', '')]) FROM (${sql}) AS o (v) WHERE v IS NOT NULL`;
const ORIGINALS: Readonly<Record<string, string>> = {
  "e-mail": texts("SELECT email::text FROM users"),
  "password hash": texts("SELECT password_hash FROM users"),
  "totp secret": bytes("totp_secret", "users"),
  "interface key": bytes("private_key", "wg_interfaces"),
  "peer key": bytes("private_key", "wg_peers"),
  "preshared key": bytes("preshared_key", "wg_peer_preshared_keys"),
  "interface public key": bytes("decode(public_key, 'base64')", "wg_interfaces"),
  "peer public key": bytes("decode(public_key, 'base64')", "wg_peers"),
  "refresh token": bytes("token_hash", "refresh_tokens"),
  "API key": bytes("token_hash", "api_keys"),
  address: texts(`SELECT host(ip_addr) FROM sessions UNION SELECT host(actor_ip) FROM audit_log
    UNION SELECT host(last_used_ip) FROM api_keys UNION SELECT host(src_ip) FROM connection_logs UNION SELECT host(dst_ip) FROM connection_logs
    UNION SELECT regexp_replace(endpoint, ':\\d+$', '') FROM wg_peers
    UNION SELECT regexp_replace(endpoint, ':\\d+$', '') FROM wg_interfaces`),
};
const KINDS = Object.keys(ORIGINALS);

/** Unpacks with tar and searches with grep, neither of which knows our code. */
async function searchUnpacked(
  source: TestDatabase,
  archive: Buffer,
  body: (found: (kind: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  try {
    const rows = join(folder.path, "rows");
    mkdirSync(rows);
    writeFileSync(join(folder.path, "a.tar.gz"), archive);
    execFileSync("tar", ["xzf", join(folder.path, "a.tar.gz"), "-C", rows]);
    await body(async (kind) => {
      const forms = await source.query<{ unnest: string }>(ORIGINALS[kind]!);
      expect(forms.length).toBeGreaterThan(0);
      const file = join(folder.path, "forms");
      writeFileSync(file, forms.map(({ unnest }) => `${unnest}\n`).join(""));
      // An address may be the end of a longer one: whole words there.
      const how = kind === "address" ? "-rohwF" : "-rohiF";
      const { status, stdout } = spawnSync("grep", [how, "-f", file, rows], {
        encoding: "utf8",
        // Bytes: much faster than characters.
        env: { ...process.env, LC_ALL: "C" },
        maxBuffer: 2 ** 28,
      });
      expect(status).toBeLessThan(2);
      return stdout.slice(0, 200);
    });
  } finally {
    folder.remove();
  }
}

describe("the preset for CI", () => {
  test("is judged by a search that finds every kind of original in another archive", async () => {
    await withDatabase(
      async (source) => {
        const store = new MemoryStore();
        await dump(source.url, store);
        await searchUnpacked(source, store.bytes, async (found) => {
          for (const kind of KINDS)
            expect([kind, (await found(kind)).length > 5]).toEqual([kind, true]);
        });
      },
      { template: await template() },
    );
  });

  test("leaves no original, keeps every constraint, and keys that fit", async () => {
    await withDatabase(
      async (source) => {
        const store = new MemoryStore();
        const result = await dumpForCi(source.url, store, { reproducible: true });
        expect(result.originals).toBeGreaterThan(1000);

        await searchUnpacked(source, store.bytes, async (found) => {
          for (const kind of KINDS) expect([kind, await found(kind)]).toEqual([kind, ""]);
        });

        await withDatabase(async (target) => {
          await restore(store, target.url);
          const [counts] =
            await target.query(`SELECT (SELECT count(*)::int FROM sessions) + (SELECT count(*)::int FROM refresh_tokens)
            + (SELECT count(*)::int FROM api_keys) AS none, (SELECT count(*)::int FROM audit_log) AS audit,
            (SELECT count(DISTINCT password_hash)::int FROM users) AS hashes`);
          expect(counts).toEqual({ none: 0, audit: 2000, hashes: 1 });
          for (const { table, column, name, holds } of SEALED_COLUMNS) {
            const [had] = await source.query<{ n: number }>(
              `SELECT count(${column})::int AS n FROM ${table}`,
            );
            const withKey = holds === "private-key" ? ", public_key" : "";
            const rows = await target.query<{ v: Buffer; public_key?: string }>(
              `SELECT ${column} AS v${withKey} FROM ${table} WHERE ${column} IS NOT NULL`,
            );
            expect(rows).toHaveLength(had!.n);
            for (const { v, public_key } of rows) {
              const plain = open(name, TEST_KEY, v);
              if (holds === "private-key") expect(publicKeyOf(plain)).toBe(public_key);
            }
          }
          const { connection } = await connect(target.url);
          try {
            const peers = await listKnownPeers(connection, 100_000);
            const keys = new Set<string>();
            for (const id of peers) {
              const facts = (await readPeerFacts(connection, id, TEST_KEY, "vpn.example.test"))!;
              expect(configProblems(facts)).toEqual([]);
              const config = renderPeerConfig(facts);
              expect(config).toMatch(/^\[Interface\]\nPrivateKey = .+\nAddress = /);
              keys.add(facts.privateKey ?? id);
            }
            const [had] = await source.query("SELECT count(*)::int AS n FROM wg_peers");
            expect([peers.length, keys.size]).toEqual([had!["n"], had!["n"]]);
          } finally {
            await connection.close();
          }
        });
        const again = new MemoryStore();
        await dumpForCi(source.url, again, { reproducible: true, jobs: 3 });
        expect(again.bytes.equals(store.bytes)).toBe(true);
      },
      { template: await template() },
    );
  });

  test("fills a pipe in place of replacing it, and the file behind a symbolic link", async () => {
    await withDatabase(
      async (source) => {
        const folder = temporaryFolder();
        try {
          const [pipe, link, file] = ["pipe", "link", "file"].map((name) =>
            join(folder.path, name),
          );
          execFileSync("mkfifo", [pipe!]);
          const reading = readFile(pipe!);
          expect((await dumpForCi(source.url, pipe!)).path).toBe(pipe);
          writeFileSync(file!, await reading);
          await verify(file!);
          expect(lstatSync(pipe!).isFIFO()).toBe(true);
          writeFileSync(file!, "old");
          symlinkSync(file!, link!);
          await dumpForCi(source.url, link!);
          expect(lstatSync(link!).isSymbolicLink()).toBe(true);
          await verify(file!);
        } finally {
          folder.remove();
        }
      },
      { template: await template() },
    );
  });

  test("fails, and gives nothing, when an original stands where no mask looks", async () => {
    await withDatabase(
      async (source) => {
        // In the schema, and in a large object across the end of a page.
        await source.query(`DO $do$ DECLARE address text := (SELECT email FROM users ORDER BY id LIMIT 1); BEGIN
          EXECUTE format('COMMENT ON TABLE sessions IS %L', 'ask ' || upper(address));
          EXECUTE format('ALTER TABLE ebpf_rules ALTER owner SET DEFAULT %L', address);
          EXECUTE format('CREATE FUNCTION who() RETURNS text LANGUAGE sql AS %L', format('SELECT %L', address));
          PERFORM lo_from_bytea(4711, convert_to(repeat('x', 2040) || address, 'UTF8'));
        END $do$`);
        const everywhere = await dumpForCi(source.url, new MemoryStore()).catch(
          (error: unknown) => (error as Error).message,
        );
        for (const place of ["manifest.json", "schema/pre-data.sql", "large objects"])
          expect(everywhere).toContain(`users.email in ${place}`);
        await source.query(`COMMENT ON TABLE sessions IS NULL; ALTER TABLE ebpf_rules ALTER owner DROP DEFAULT;
          DROP FUNCTION who; SELECT lo_unlink(4711)`);
        await source.query(
          "UPDATE ebpf_rules SET description = 'ask ' || (SELECT upper(email::text) || ' or ' || email FROM users LIMIT 1) WHERE name IN (SELECT name FROM ebpf_rules LIMIT 1)",
        );
        const [{ email } = { email: "" }] = await source.query<{ email: string }>(
          "SELECT email FROM users LIMIT 1",
        );
        const store = new MemoryStore();
        const failure = await dumpForCi(source.url, store).catch(
          (error: unknown) => error as Error,
        );
        expect(failure).toMatchObject({
          code: "MISMATCH",
          message: "the archive would hold originals: users.email in table public.ebpf_rules",
        });
        expect(JSON.stringify(failure)).not.toContain(email);
        expect(store.committed).toBe(false);
        const masked = await dumpForCi(source.url, store, {
          mask: { "ebpf_rules.description": "@text" },
        });
        expect(masked.originals).toBeGreaterThan(0);
        expect(await findLeaks(store, [{ what: "users.email", value: email }])).toEqual([]);
        expect(await findLeaks(store, [{ what: "action", value: "auth.login" }])).toEqual([
          { what: "action", where: "table public.audit_log" },
        ]);
      },
      { template: await template() },
    );
  });

  test("says what it needs of a database that is none of NexusHub's", async () => {
    await withDatabase(async (source) => {
      await source.query("CREATE TABLE users (id int)");
      await expect(dumpForCi(source.url, new MemoryStore())).rejects.toMatchObject({
        code: "USAGE",
        message: expect.stringContaining("it lacks wg_interfaces, wg_peers") as string,
      });
    });
  });
});
