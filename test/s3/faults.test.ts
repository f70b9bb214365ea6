/**
 * What fails and who is killed, whenever that is: an archive is there as a whole or not at all, the next run leaves no upload
 * behind, retention loses nothing, and no second writer gets in. As often as promised with
 * `NEXUSHUB_DUMP_FAULTS=full npm run test:s3 -- test/s3/faults.test.ts`.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { backupName, parseBackupName } from "../../src/nexushub/backup-folder/backup-name.ts";
import { readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { copyBackups } from "../../src/nexushub/copy/copy-backups.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import type { Random } from "../../src/nexushub/demo-data/random.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { openFolder } from "../../src/store/open-folder.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { verify } from "../../src/verify/verify.ts";
import { campaign } from "../faults/campaign.ts";
import { runCli, startCli } from "../support/cli.ts";
import { forge } from "../support/forge.ts";
import { createBucket, gateway, type TestBucket, useKeys } from "../support/s3/bucket.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../support/s3/fault-proxy.ts";
import { limitBucket, startSecondGateway } from "../support/s3/gateway.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const KEEP = 2;
const LEDGER = ".nexushub-dump.json";
const AUDIT_ROWS = 60_000;
/** Of the runs that are killed, so that kills meet uploads and what comes after them. */
const RATE = "4M";

describe.skipIf(gateway === null)("a folder in an object store", () => {
  const facts = gateway!;
  const all = temporaryFolder();
  afterAll(() => all.remove());

  /** Names of the backups that are visible. */
  async function backupsIn(bucket: TestBucket): Promise<string[]> {
    const names = (await bucket.keys("hub/")).map((key) => key.slice("hub/".length));
    return names.filter((name) => parseBackupName(name) !== null).toSorted();
  }

  /** Whether somebody holds the folder; then nobody else gets in. */
  async function isSecondRefused(bucket: TestBucket): Promise<boolean> {
    const folder = await openFolder(bucket.at("hub"));
    const holder = await folder.readLock();
    if (holder === null || holder.state === "dead") return false;
    const second = await folder.takeLock().catch((error: unknown) => error);
    if (isNexushubDumpError(second)) {
      expect(second.code).toBe("BUSY");
      return true;
    }
    // It may have ended meanwhile, but nobody may be inside with us.
    expect((await folder.readLock())?.path).toBeDefined();
    await (second as { release(): Promise<void> }).release();
    return false;
  }

  type KillMoment =
    | "before the upload"
    | "in an upload"
    | "while it was verified"
    | "listed, or not begun";

  /** Where a kill struck, by what the run left. */
  async function momentOf(bucket: TestBucket): Promise<KillMoment> {
    if ((await bucket.uploads()) > 0) return "in an upload";
    const keys = await bucket.keys("hub/");
    const { ledger } = await readLedger(bucket.at("hub"));
    if ((await backupsIn(bucket)).some((name) => !(name in ledger.backups)))
      return "while it was verified";
    return keys.some((key) => key.includes(".unverified."))
      ? "before the upload"
      : "listed, or not begun";
  }

  describe("whose writer is killed", () => {
    const size = campaign("store-kills", {
      gate: 3,
      full: 50,
      msPerRun: 60_000,
    });
    let server: EmbeddedServer;
    beforeAll(async () => {
      useKeys(facts);
      server = await startEmbedded({ major: 16, settings: { autovacuum: false } });
      // More than one request takes, at the rate below.
      await loadNexusHubDemoData(server.url, { auditRows: AUDIT_ROWS });
    });
    afterAll(async () => server?.stop());

    const { runs, timeoutMs } = size;
    test(`at ${runs} moments`, { timeout: timeoutMs }, async () => {
      const bucket = await createBucket(facts);
      const folder = bucket.at("hub");
      const env = { ...useKeys(facts), PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") };
      const counts = { ended: 0, refused: 0, checked: 0 };
      const struck: Record<KillMoment, number> = {
        "before the upload": 0,
        "in an upload": 0,
        "while it was verified": 0,
        "listed, or not begun": 0,
      };
      const known = new Set<string>();
      const next = (): Promise<{ readonly path: string }> =>
        backup({
          databaseUrl: server.url,
          folder,
          env: { ...process.env, ...env },
          retention: { keep: KEEP },
          compression: "none",
        });
      const command = ["backup", folder, "--database-url", server.url].concat(
        ["--keep", String(KEEP), "--compression", "none", "--limit-rate", RATE],
        ["--no-reuse"],
      );
      const started = performance.now();
      expect(await runCli(command, env)).toMatchObject({ code: 0 });
      let runMs = performance.now() - started;
      await sleep(1_000);
      for (let run = 0; run < runs; run++) {
        const chance = size.random(run);
        const before = await backupsIn(bucket);
        // Of three runs, one copies in the store.
        const killed = startCli(run % 3 === 2 ? command.slice(0, -1) : command, env);
        // From the first moment to about the end, evenly spread from the first runs on.
        const share = ((run + 1) * 0.618034) % 1;
        const until = performance.now() + share * (runMs + 500);
        while (performance.now() < until && killed.process.exitCode === null) {
          if (chance.below(4) === 0 && (await isSecondRefused(bucket))) counts.refused++;
          await sleep(100);
        }
        const hasEnded = killed.process.exitCode !== null;
        killed.process.kill("SIGKILL");
        await killed.finished;
        if (hasEnded) {
          counts.ended++;
          runMs *= 0.9;
        } else struck[await momentOf(bucket)]++;
        const after = await backupsIn(bucket);
        // Retention takes the older of two only when a newer one is there.
        expect(after.length).toBeGreaterThanOrEqual(Math.min(KEEP, before.length));
        expect(after).toContain(before.at(-1));
        for (const name of after.filter((each) => !known.has(each))) {
          await verify(bucket.at(`hub/${name}`));
          known.add(name);
          counts.checked++;
        }
        // Backups are named by seconds.
        await sleep(1_000);
        await next();
        expect(await bucket.uploads()).toBe(0);
        // No claim, no mark, and no backup that is in no list.
        const { ledger } = await readLedger(folder);
        const listed = Object.keys(ledger.backups).map((name) => `hub/${name}`);
        expect((await bucket.keys("hub/")).toSorted()).toEqual(
          [...listed, `hub/${LEDGER}`].toSorted(),
        );
        expect(listed.length).toBe(Math.min(KEEP, run + 2));
        if (run % 5 === 4) size.print({ after: run + 1, ...counts, ...struck });
        await sleep(1_000);
      }
      size.print({ ...counts, ...struck });
      expect(counts.ended).toBeLessThan(runs / 2);
    });
  });

  describe("in which requests fail", () => {
    const size = campaign("store-faults", {
      gate: 14,
      full: 200,
      msPerRun: 60_000,
    });
    let archive: Buffer;
    beforeAll(async () => {
      const line = `1\t${randomBytes(50_000).toString("hex")}\n`;
      const entries = [{ name: "data/1/1.copy", body: line.repeat(86) }];
      archive = await forge({ entries, compression: "none" });
    });

    /** What a request is for, to count where faults strike. */
    function purposeOf({ method, url = "" }: IncomingMessage): string {
      const what = [
        ["a part", /[?&]partNumber=/],
        ["an upload's begin or end", /[?&]uploads?(Id)?=/],
        ["a claim or a mark", /\.(claim|unverified)\./],
        ["the list of backups", /\.nexushub-dump\.json/],
        ["a listing", /[?&]list-type=/],
      ] as const;
      const [purpose] = what.find(([, pattern]) => pattern.test(url)) ?? ["an object"];
      return `${method} ${purpose}`;
    }

    /** What goes wrong, and where the requests go meanwhile. */
    interface Trouble {
      readonly to: string;
      readonly end?: () => void | Promise<void>;
    }
    interface Scene {
      readonly bucket: TestBucket;
      readonly proxy: FaultProxy;
      readonly chance: Random;
      /** The folder, through the proxy, by connections of its own. */
      readonly address: (bucketName?: string) => string;
    }
    /** From one of the first requests on, a few times or for good. */
    const failing =
      (fault: Fault, atMost = 3) =>
      ({ proxy, chance, address }: Scene): Trouble => {
        const from = proxy.seen.requests + 1 + chance.below(24);
        const count = 1 + chance.below(atMost);
        proxy.fault = ({ method }) => {
          const { requests } = proxy.seen;
          const hasBody = method === "PUT";
          if (("flipBody" in fault || "cutBody" in fault) && !hasBody) return undefined;
          return requests >= from && requests < from + count ? fault : undefined;
        };
        return { to: address() };
      };
    const kinds: Readonly<Record<string, (scene: Scene) => Trouble | Promise<Trouble>>> = {
      "status 500": failing({ status: 500, code: "InternalError" }),
      "status 503": failing({ status: 503, code: "SlowDown" }),
      "503 for good": failing({ status: 503 }, 1_000_000),
      slow: failing({ delayMs: 1500 }),
      "reset before": failing({ reset: "before" }),
      "reset after": failing({ reset: "after" }),
      "reset in an answer": failing({ reset: 100_000 }),
      "reset in a body": failing({ cutBody: 1_000_000 }),
      "wrong digest": failing({ flipBody: true }),
      "wrong secret": ({ address }) => {
        const secret = process.env["AWS_SECRET_ACCESS_KEY"]!;
        process.env["AWS_SECRET_ACCESS_KEY"] = "wrong";
        return { to: address(), end: () => void (process.env["AWS_SECRET_ACCESS_KEY"] = secret) };
      },
      "no bucket": ({ address }) => ({ to: address("no-such-bucket") }),
      "skewed clock": ({ address }) => {
        vi.useFakeTimers({
          toFake: ["Date"],
          now: Date.now() + 3_600_000,
          shouldAdvanceTime: true,
        });
        return { to: address(), end: () => void vi.useRealTimers() };
      },
      "full pool": ({ bucket, address }) => {
        limitBucket(facts, bucket.name, 1);
        return { to: address(), end: () => limitBucket(facts, bucket.name, null) };
      },
      "gateway killed": async ({ proxy, address }) => {
        const second = await startSecondGateway(facts);
        proxy.retarget(second.endpoint);
        proxy.fault = ({ url }) => {
          if (!/partNumber=1\b/.test(url ?? "") || second.process.killed) return undefined;
          setTimeout(() => second.process.kill("SIGKILL"), 20);
          setTimeout(() => proxy.retarget(facts.endpoint), 2_000);
          return undefined;
        };
        return {
          to: address(),
          end: () => {
            second.process.kill("SIGKILL");
            proxy.retarget(facts.endpoint);
          },
        };
      },
    };

    const { runs, timeoutMs } = size;
    test(`in ${runs} ways and moments`, { timeout: timeoutMs }, async () => {
      const bucket = await createBucket(facts);
      const proxy = await startFaultProxy(facts.endpoint);
      const from = join(all.path, "from");
      mkdirSync(from);
      const counts: Record<string, number> = { copied: 0, failed: 0, uploads: 0, refused: 0 };
      const struck: Record<string, number> = {};
      let struckRuns = 0;
      const dayName = (day: number): string => backupName(new Date(Date.UTC(2026, 0, day)), "tar");
      const names = Object.keys(kinds);
      for (let run = 0; run < runs; run++) {
        // Half a minute is waited for a store that fails for good.
        const isLong = run % names.length === names.indexOf("503 for good") && run % 5 > 2;
        const kind = isLong ? "status 503" : names[run % names.length]!;
        const [name, before] = [dayName(run + 1), await backupsIn(bucket)];
        for (const file of readdirSync(from)) rmSync(join(from, file));
        writeFileSync(join(from, name), archive);
        const address = (bucketName = bucket.name): string =>
          `s3://${bucketName}/hub?endpoint=${proxy.endpoint}&region=r${run}`;
        const scene = { bucket, proxy, chance: size.random(run), address };
        const trouble = await kinds[kind]!(scene);
        const faultOf = proxy.fault;
        // What comes from elsewhere than a single request strikes the whole run.
        let isStruck = !kind.startsWith("status") && !/^(503|slow|reset|wrong digest)/.test(kind);
        proxy.fault = (request) => {
          const fault = faultOf(request);
          if (fault === undefined) return fault;
          isStruck = true;
          const what = purposeOf(request);
          struck[what] = (struck[what] ?? 0) + 1;
          return fault;
        };
        const work = copyBackups(from, trouble.to);
        const outcome = work.then(
          () => "copied",
          (error: unknown) => {
            // Never an error of some library.
            expect(isNexushubDumpError(error), `${kind}: ${String(error)}`).toBe(true);
            return "failed";
          },
        );
        if (run % 3 === 0) {
          await Promise.race([outcome, sleep(150)]);
          if (await isSecondRefused(bucket)) counts["refused"]!++;
        }
        counts[await outcome]!++;
        await prune(trouble.to, { retention: { keep: KEEP } }).catch(() => undefined);
        await trouble.end?.();
        proxy.fault = () => undefined;
        if (isStruck) struckRuns++;
        // Nothing that was complete is lost, and what is visible is complete.
        const visible = await backupsIn(bucket);
        expect(visible.length, kind).toBeGreaterThanOrEqual(Math.min(KEEP, before.length));
        for (const each of visible.slice(-KEEP))
          expect((await bucket.bucket.get(`hub/${each}`))?.equals(archive), kind).toBe(true);
        counts["uploads"]! += await bucket.uploads();
        if (run % 25 === 24) size.print({ after: run + 1, struck: struckRuns, ...counts });
        await copyBackups(from, bucket.at("hub"));
        await prune(bucket.at("hub"), { retention: { keep: KEEP } });
        expect(await bucket.uploads(), kind).toBe(0);
        const expected = [LEDGER, ...(run === 0 ? [] : [dayName(run)]), name];
        expect((await bucket.keys("hub/")).toSorted(), kind).toEqual(
          expected.map((each) => `hub/${each}`),
        );
      }
      await proxy.close();
      size.print({ kinds: names.length, struck: struckRuns, ...counts });
      size.print(struck);
    });
  });
});
