/** The preset for CI on the whole fixture: an independent search finds no original, and what is restored works. */
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dumpForCi } from "../../src/nexushub/dump-ci.ts";
import { loadNexusHubFixture } from "../../src/nexushub/fixture/index.ts";
import { TEST_KEY } from "../../src/nexushub/preset-ci.ts";
import { open, publicKeyOf, SEALED_COLUMNS } from "../../src/nexushub/sealed.ts";
import { restore } from "../../src/restore/restore.ts";
import { findLeaks } from "../../src/verify/leaks.ts";
import { templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";

const REAL_KEY = Buffer.alloc(32, 7);
const template = (): Promise<string> =>
  templateDatabase("nexushub_real_key", async (url) => {
    await loadNexusHubFixture(url, { auditRows: 2000, key: REAL_KEY });
  });

describe("the preset for CI", () => {
  it("leaves no original, keeps every constraint, and keys that fit", async () => {
    await withDatabase(
      async (source) => {
        const store = new MemoryStore();
        const result = await dumpForCi(source.url, store, { reproducible: true });
        expect(result.originals).toBeGreaterThan(1000);

        // Not by the code that the preset uses: every distinct token of the archive against every original.
        const text = gunzipSync(store.bytes).toString("latin1");
        const tokens = new Set(
          text.split(/[\s,"{}\\]+/).map((token) => token.replace(/^x(?=[0-9a-f]{20})/, "")),
        );
        const originals = await source.query<{ v: string }>(`
          SELECT email::text AS v FROM users UNION SELECT password_hash FROM users UNION SELECT encode(totp_secret, 'hex') FROM users
          UNION SELECT encode(private_key, 'hex') FROM wg_peers UNION SELECT encode(private_key, 'hex') FROM wg_interfaces
          UNION SELECT public_key FROM wg_peers UNION SELECT public_key FROM wg_interfaces
          UNION SELECT encode(preshared_key, 'hex') FROM wg_peer_preshared_keys
          UNION SELECT encode(token_hash, 'hex') FROM refresh_tokens UNION SELECT encode(token_hash, 'hex') FROM api_keys
          UNION SELECT host(ip_addr) FROM sessions UNION SELECT host(actor_ip) FROM audit_log
          UNION SELECT host(last_used_ip) FROM api_keys UNION SELECT host(src_ip) FROM connection_logs UNION SELECT host(dst_ip) FROM connection_logs`);
        expect(originals.length).toBeGreaterThan(3000);
        expect(originals.filter(({ v }) => v !== null && tokens.has(v))).toEqual([]);

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
        });
        const again = new MemoryStore();
        await dumpForCi(source.url, again, { reproducible: true, jobs: 3 });
        expect(again.bytes.equals(store.bytes)).toBe(true);
      },
      { template: await template() },
    );
  });

  it("fails, and gives nothing, when an original stands where no mask looks", async () => {
    await withDatabase(
      async (source) => {
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
});
