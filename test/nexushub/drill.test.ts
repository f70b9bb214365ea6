/** The drill finds what is wrong with a backup: each fault turns exactly one probe red, and every other stays green. */
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encryptArchive } from "../../src/archive/encryption/age.ts";
import type { DrillReport } from "../../src/drill/report.ts";
import { renderHtml } from "../../src/drill/render-html.ts";
import { renderJunit } from "../../src/drill/render-junit.ts";
import { renderText } from "../../src/drill/render-text.ts";
import { dump } from "../../src/dump/dump.ts";
import {
  nexusHubDrill,
  type NexusHubDrillOptions,
} from "../../src/nexushub/drill/nexushub-drill.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { sealManifest } from "../../src/nexushub/keys/manifest-key.ts";
import { formatDuration } from "../../src/util/format.ts";
import { runCli } from "../support/cli.ts";
import { serverFor, templateDatabase, withDatabase } from "../support/postgres.ts";

let folder: string;
let template: string;
let into: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexushub-drill-"));
  into = (await serverFor()).url;
  template = await templateDatabase("nexushub_drill", async (url) => {
    await loadNexusHubDemoData(url, { auditRows: 2000, now: new Date() });
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let number = 0;

/** Spoils a copy of a sound database, backs it up, and holds a drill with the archive. */
async function drillAfter(spoil: string, options: NexusHubDrillOptions = {}): Promise<DrillReport> {
  const path = join(folder, `nexushub-${number++}.tar.gz`);
  await withDatabase(
    async (database) => {
      if (spoil !== "") await database.query(spoil);
      await dump(database.url, path, { seal: (manifest) => sealManifest(manifest, TEST_KEY) });
    },
    { template },
  );
  return nexusHubDrill(path, { key: TEST_KEY, into, wgEndpoint: "vpn.example:51820", ...options });
}
const withStatus = ({ probes }: DrillReport, status: string) =>
  probes.filter((probe) => probe.status === status).map(({ id }) => id);
const wordsOf = ({ probes }: DrillReport, id: string) => {
  const { message, details = [], hint = "" } = probes.find((probe) => probe.id === id)!;
  return [message, ...details, hint].join("\n");
};

describe("a drill", () => {
  test("is green for a sound backup, and tells recovery time and point", async () => {
    const report = await drillAfter("");
    expect(withStatus(report, "failed")).toEqual([]);
    expect(withStatus(report, "not-run")).toEqual([]);
    expect(withStatus(report, "passed")).toHaveLength(11);
    expect(report.ok).toBe(true);
    expect(report.restoreMs).toBeGreaterThan(0);
    expect(Date.now() - Date.parse(report.recoveryPoint!)).toBeLessThan(3_600_000);
    expect(wordsOf(report, "peer-config")).toContain("PrivateKey = (hidden)");
    // One age of the newest entry, on the page too.
    const age = Date.parse(report.startedAt) - Date.parse(report.recoveryPoint!);
    expect(wordsOf(report, "recovery-point")).toContain(`, ${formatDuration(age)} ago`);
    expect(renderHtml(report)).toContain(`<dd>${formatDuration(age)} old</dd>`);
  });

  const NO_TRIGGERS = "SET session_replication_role = replica;";
  test.each<[string, string, string, RegExp]>([
    [
      "a value moved to another column",
      `UPDATE public.wg_interfaces SET private_key = (SELECT private_key FROM public.wg_peers WHERE private_key IS NOT NULL LIMIT 1) WHERE name = 'wg0'`,
      "sealed-values",
      /wg_interfaces\.private_key of id [0-9a-f-]{36} does not open/,
    ],
    [
      "two peers' private keys exchanged",
      `WITH two AS (SELECT id, private_key, row_number() OVER (ORDER BY id) AS n FROM public.wg_peers WHERE private_key IS NOT NULL LIMIT 2)
       UPDATE public.wg_peers p SET private_key = b.private_key FROM two a, two b WHERE p.id = a.id AND b.n = 3 - a.n`,
      "key-pairs",
      /2 of .* private keys do not match/,
    ],
    [
      "a peer's public key changed",
      `UPDATE public.wg_peers SET public_key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' WHERE id = (SELECT id FROM public.wg_peers WHERE private_key IS NOT NULL ORDER BY id LIMIT 1)`,
      "key-pairs",
      /wg_peers\.private_key of id [0-9a-f-]{36} belongs to another public key/,
    ],
    [
      "a dirty migration",
      "UPDATE public.schema_migrations SET dirty = true",
      "migrations",
      /migration 24 is marked dirty/,
    ],
    [
      "an orphaned row",
      `${NO_TRIGGERS} UPDATE public.api_keys SET user_id = '00000000-0000-0000-0000-000000000000' WHERE id = (SELECT id FROM public.api_keys LIMIT 1)`,
      "constraints",
      /public\.api_keys: 1 row whose user_id refers to a row of public\.users that does not exist/,
    ],
    [
      "a row against a check that was never validated",
      `ALTER TABLE public.ebpf_rules DROP CONSTRAINT ebpf_rules_priority_range;
       UPDATE public.ebpf_rules SET priority = 5000 WHERE id = (SELECT id FROM public.ebpf_rules LIMIT 1);
       ALTER TABLE public.ebpf_rules ADD CONSTRAINT ebpf_rules_priority_range CHECK (priority BETWEEN 0 AND 1000) NOT VALID`,
      "constraints",
      /public\.ebpf_rules: 1 row violates the check ebpf_rules_priority_range/,
    ],
    [
      "a stale newest audit entry",
      "UPDATE public.audit_log SET occurred_at = occurred_at - interval '30 days'",
      "recovery-point",
      /30 days ago; the limit is 7 days/,
    ],
    ["an empty audit log", "TRUNCATE public.audit_log", "recovery-point", /the audit log is empty/],
    [
      "a sequence behind its column",
      "SELECT setval('public.audit_log_id_seq', 5)",
      "sequences",
      /audit_log_id_seq gives 6 next, and public\.audit_log\.id has reached/,
    ],
  ])("finds %s", async (_name, spoil, probe, words) => {
    const report = await drillAfter(spoil);
    expect(withStatus(report, "failed")).toEqual([probe]);
    expect(withStatus(report, "not-run")).toEqual([]);
    expect(wordsOf(report, probe)).toMatch(words);
    expect(report.ok).toBe(false);
  });

  test("finds a wrong key, and does not blame the values for it", async () => {
    const report = await drillAfter("", { key: Buffer.alloc(32, 9) });
    expect(withStatus(report, "failed")).toEqual(["key"]);
    expect(withStatus(report, "not-run")).toEqual(["sealed-values", "key-pairs", "peer-config"]);
    expect(wordsOf(report, "key")).toContain("not the one that was in use when the dump was taken");
  });

  test("finds an archive that was changed without the key, which no restore takes either", async () => {
    const path = join(folder, "changed.tar.gz");
    // All checksums and texts are right: whoever changes a file can make those anew, but not the MAC.
    await withDatabase(
      ({ url }) =>
        dump(url, path, {
          seal(manifest) {
            const sealed = sealManifest(manifest, TEST_KEY);
            return { ...sealed, database: { ...sealed.database, collationVersion: "changed" } };
          },
        }),
      { template },
    );
    const report = await nexusHubDrill(path, { key: TEST_KEY, into });
    expect(withStatus(report, "failed")).toEqual(["key"]);
    expect(wordsOf(report, "key")).toContain("changed by someone who does not have the key");
    await withDatabase(async (target) => {
      const env = { PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") };
      const result = await runCli(["restore", path, "-d", target.url], env);
      expect(result.code).toBe(4);
      expect(result.stderr).toContain("changed by someone who does not have its key");
      expect(await target.query("SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    });
  });

  test("reports what needs a key as not run when there is none", async () => {
    const report = await drillAfter("", { key: undefined });
    expect(report.ok).toBe(true);
    expect(withStatus(report, "not-run")).toEqual([
      "key",
      "sealed-values",
      "key-pairs",
      "peer-config",
    ]);
  });

  test("finds a truncated archive, and restores nothing of it", async () => {
    await drillAfter("");
    const path = join(folder, `nexushub-${number - 1}.tar.gz`);
    await truncate(path, Math.floor((await stat(path)).size * 0.6));
    const report = await nexusHubDrill(path, { key: TEST_KEY, into });
    expect(withStatus(report, "failed")).toEqual(["archive"]);
    expect(withStatus(report, "not-run")).toHaveLength(10);
    expect(wordsOf(report, "archive")).toContain("cut off");
    expect(report.target).toBeNull();
    const result = await runCli(["drill", path]);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/\nTHE DRILL FAILED: Archive verified, 10 not run\.\n$/);
  });

  test("takes the newest backup though it is encrypted, and says what it needs to read it", async () => {
    await drillAfter("");
    const backups = join(folder, "encrypted");
    await mkdir(backups);
    const plain = join(folder, `nexushub-${number - 1}.tar.gz`);
    await copyFile(plain, join(backups, "nexushub-20261123T030000Z.tar.gz"));
    const newest = join(backups, "nexushub-20261124T030000Z.tar.gz.age");
    const [identity, other] = [await generateX25519Identity(), await generateX25519Identity()];
    const recipients = [await identityToRecipient(identity)];
    await withDatabase((database) => dump(database.url, encryptArchive(newest, { recipients })), {
      template,
    });
    const result = await runCli(["drill", backups]);
    expect([result.code, result.stdout]).toEqual([2, ""]);
    expect(result.stderr).toContain(newest);
    expect(result.stderr).toContain("is encrypted");
    expect(result.stderr).toContain("--identity");
    const holdWith = (identities: string[]) =>
      nexusHubDrill(backups, { into, decrypt: { identities } });
    // The archive may be sound: that the drill fails says nothing of it.
    await expect(holdWith([other])).rejects.toMatchObject({ code: "KEY_MISMATCH" });
    const report = await holdWith([identity]);
    expect([report.ok, report.archive]).toEqual([true, newest]);
  });

  test("renders the peer that was asked for, with its secrets only on request", async () => {
    const hidden = await drillAfter("");
    const id = /that of peer ([0-9a-f-]{36})/.exec(wordsOf(hidden, "peer-config"))![1]!;
    const shown = await drillAfter("", { peer: id, reveal: true });
    expect(wordsOf(shown, "peer-config")).toMatch(/PrivateKey = [A-Za-z0-9+/]{43}=/);
    const unknown = await drillAfter("", { peer: "00000000-0000-0000-0000-000000000000" });
    expect(withStatus(unknown, "failed")).toEqual(["peer-config"]);
    const secret = /PrivateKey = (\S+)/.exec(wordsOf(shown, "peer-config"))![1]!;
    for (const text of [
      renderText(hidden),
      renderHtml(hidden),
      renderJunit(hidden),
      JSON.stringify(hidden),
    ]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(TEST_KEY.toString("base64"));
      expect(text).not.toContain(new URL(into).password || "no password");
    }
  });

  test("drops its scratch database, whatever it found", async () => {
    await drillAfter("UPDATE public.schema_migrations SET dirty = true");
    const { rows } = await (
      await serverFor()
    ).admin("SELECT datname FROM pg_database WHERE datname LIKE 'nexushub_drill_%'");
    expect(
      rows.filter(({ datname }) => /^nexushub_drill_[0-9a-f]{12}$/.test(String(datname))),
    ).toEqual([]);
  });

  test("runs on an embedded server of its own by default", async () => {
    const report = await drillAfter("", { into: undefined });
    expect(report.ok).toBe(true);
    expect(report.target).toMatch(/^embedded PostgreSQL \d+/);
  });

  test("gives the archive's bytes back untouched", async () => {
    await drillAfter("");
    const path = join(folder, `nexushub-${number - 1}.tar.gz`);
    const before = await readFile(path);
    await nexusHubDrill(path, { key: TEST_KEY, into });
    expect((await readFile(path)).equals(before)).toBe(true);
  });
});
