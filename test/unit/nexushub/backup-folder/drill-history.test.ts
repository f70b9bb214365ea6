import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readSignKey, readVerifyKeys } from "../../../../src/archive/signing/ed25519-key.ts";
import {
  type DrillFacts,
  drillHistoryProblem,
  type DrillRecord,
  lastDrillOf,
  withDrill,
} from "../../../../src/nexushub/backup-folder/drill-history.ts";
import { judgeDrills } from "../../../../src/nexushub/doctor/drill-history-finding.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const facts = (at: string, change: Partial<DrillFacts> = {}): DrillFacts => ({
  at,
  archive: "nexushub-20261124T030000Z.tar.gz",
  sha256: "aa",
  database: "1/nexushub",
  ok: true,
  target: "embedded PostgreSQL 16.14",
  plainRole: false,
  restoreMs: 1000,
  recoveryPoint: at,
  probes: [{ id: "rows", status: "passed" }],
  ...change,
});
const TIMES = ["2026-08-01T00:00:00.000Z", "2026-09-01T00:00:00.000Z", "2026-10-01T00:00:00.000Z"];
const keys = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    signKey: readSignKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    verifyKeys: readVerifyKeys(publicKey.export({ type: "spki", format: "pem" }).toString()),
  };
};

describe("the chain of drills", () => {
  const { signKey, verifyKeys } = keys();
  const chain = TIMES.reduce<DrillRecord[]>((all, at) => withDrill(all, facts(at), signKey), []);

  test("is whole, also after it was stored", () => {
    const stored = JSON.parse(JSON.stringify(chain)) as DrillRecord[];
    expect(drillHistoryProblem(stored, verifyKeys)).toBeNull();
  });

  test.each<[string, (drills: DrillRecord[]) => DrillRecord[], RegExp]>([
    ["a changed record", ([a, b, c]) => [a!, { ...b!, ok: false }, c!], /does not follow/],
    ["a record that is gone", ([a, , c]) => [a!, c!], /does not follow/],
    ["another order", ([a, b, c]) => [b!, a!, c!], /does not follow/],
  ])("does not bear %s", (_name, change, problem) => {
    expect(drillHistoryProblem(change(structuredClone(chain)))).toMatch(problem);
  });

  test("with a key, nobody else can add or change a record", () => {
    const forged = withDrill(chain, facts("2026-11-01T00:00:00.000Z"), keys().signKey);
    expect(drillHistoryProblem(forged)).toBeNull();
    expect(drillHistoryProblem(forged, verifyKeys)).toMatch(/none of the keys signed .* 2026-11/);
    const changed = [...chain.slice(0, 2), { ...chain[2]!, ok: false }];
    expect(drillHistoryProblem(changed, verifyKeys)).toMatch(/none of the keys signed/);
  });

  test("does not grow without end", () => {
    let drills: DrillRecord[] = [];
    for (let i = 0; i < 405; i++) drills = withDrill(drills, facts(TIMES[0]!), undefined);
    expect(drills).toHaveLength(400);
    expect(drillHistoryProblem(drills)).toBeNull();
  });

  test("knows the last drill of a backup by its digest, and by its name without one", () => {
    expect(lastDrillOf(chain, { name: "renamed", sha256: "aa" })?.at).toBe(TIMES[2]);
    expect(lastDrillOf(chain, { name: chain[0]!.archive, sha256: "bb" })).toBeNull();
    expect(lastDrillOf(chain, { name: chain[0]!.archive, sha256: null })?.at).toBe(TIMES[2]);
  });
});

describe("judgeDrills", () => {
  const now = new Date("2026-11-24T00:00:00Z");
  const chain = (...all: DrillFacts[]): DrillRecord[] =>
    all.reduce<DrillRecord[]>((drills, each) => withDrill(drills, each, undefined), []);
  const [recent, old] = ["2026-11-01T00:00:00.000Z", "2026-08-01T00:00:00.000Z"];
  const future = "2027-08-01T00:00:00.000Z";
  const young = new Date("2026-11-20T00:00:00Z");

  test.each<[string, DrillRecord[], Date, string]>([
    ["a recent one that passed", chain(facts(recent)), young, "ok"],
    ["an old one", chain(facts(old)), young, "failed"],
    ["one that failed since", chain(facts(old), facts(recent, { ok: false })), young, "failed"],
    ["only one in the future", chain(facts(future)), young, "not-run"],
    ["an old one and one in the future", chain(facts(old), facts(future)), young, "failed"],
    ["none, and young backups", [], young, "not-run"],
    ["none for months", [], new Date("2026-07-01T00:00:00Z"), "warning"],
    ["a chain that was changed", chain(facts(old), facts(recent)).toReversed(), young, "failed"],
  ])("%s", (_name, drills, oldestBackup, status) => {
    const finding = judgeDrills({ drills, oldestBackup, now, maxAgeMs: 100 * DAY_MS });
    expect(finding.status).toBe(status);
  });
});
