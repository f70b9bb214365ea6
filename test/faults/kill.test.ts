/**
 * What is left after a kill: nothing under the archive's name, and a target as it was. Each scenario is struck at many
 * points of its life, from the first moments to just before the end. In the quick gate each takes every other point.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIRST_NORMAL_OID } from "../../src/catalog/address.ts";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { verify } from "../../src/verify/verify.ts";
import { startCli, type Started } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { campaign } from "./campaign.ts";

/** When the signal comes: a phase that the program has reported, and milliseconds after that. */
const POINTS: readonly (readonly [phase: string, delayMs: number])[] = [
  ["pre-data", 0],
  ["pre-data", 30],
  ["data", 0],
  ["data", 20],
  ["data", 100],
  ["post-data", 0],
  ["post-data", 50],
  ["post-data", 150],
  ["commit", 0],
  // Once all is committed.
  ["analyze", 0],
];
const DUMP_POINTS: typeof POINTS = [
  ["lock", 0],
  ["catalog", 0],
  ["catalog", 40],
  ["data", 0],
  ["data", 20],
  ["data", 60],
  ["data", 150],
  ["finish", 0],
];

type Point = (typeof POINTS)[number];

/** @param first 0 or 1, which point of each two the quick gate takes. */
function pointsOf(points: readonly Point[], first: 0 | 1): readonly Point[] {
  const { runs } = campaign("kill", { gate: 5, full: POINTS.length, msPerRun: 1 });
  return runs >= POINTS.length ? points : points.filter((_, n) => n % 2 === first);
}

const ROWS = 20_000;
/** Ten starts of the program, each with a database of its own. */
const STRIKES_MS = 240_000;

let source: TestDatabase;
let folder: string;
let archive: string;

beforeAll(async () => {
  source = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: ROWS });
  folder = await mkdtemp(join(tmpdir(), "nexushub-dump-kill-"));
  archive = join(folder, "source.tar.gz");
  await dump(source.url, archive);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await source.drop();
});

/** Starts the program and waits until it has reported a phase, and a little longer; or until it has ended. */
async function startedUntil(args: readonly string[], [phase, delayMs]: Point): Promise<Started> {
  const started = startCli([...args, "--log-format", "json"]);
  await new Promise<void>((resolve) => {
    let reported = "";
    started.process.stderr!.on("data", (chunk: Buffer) => {
      reported += String(chunk);
      if (reported.includes(`"phase":"${phase}"`)) resolve();
    });
    started.process.once("close", () => resolve());
  });
  await sleep(delayMs);
  return started;
}

/** Everything that a restore could have changed, as one text. */
function stateOf(target: TestDatabase): Promise<unknown[]> {
  return target.query(`
    SELECT c.oid, c.relname, c.relkind, c.relfilenode, xmin::text FROM pg_class c WHERE c.oid >= ${FIRST_NORMAL_OID}
    UNION ALL SELECT oid, nspname, 'n', 0, xmin::text FROM pg_namespace WHERE oid >= ${FIRST_NORMAL_OID}
    ORDER BY 1`);
}

test(
  "kill -9 of a dump leaves no file under the final name",
  async () => {
    const place = join(folder, "dumped");
    const output = join(place, "out.tar.gz");
    await mkdir(place);
    const points = pointsOf(DUMP_POINTS, 1);
    let killed = 0;
    for (const point of points) {
      const { process: child, finished } = await startedUntil(
        ["dump", "-d", source.url, "-o", output],
        point,
      );
      child.kill("SIGKILL");
      const { signal } = await finished;
      if (signal === "SIGKILL") killed++;
      const names = await readdir(place);
      // Nothing, or a file that is recognizably unfinished; under the final name only a whole one.
      if (names.includes("out.tar.gz")) await verify(output);
      expect(names.filter((name) => name !== "out.tar.gz" && !name.startsWith("."))).toEqual([]);
      await Promise.all(names.map((name) => rm(join(place, name))));
    }
    expect(killed).toBeGreaterThan(points.length / 2);
  },
  STRIKES_MS,
);

test.each([
  ["the program", false],
  ["the program, with --force", true],
])(
  "kill -9 of %s during a restore leaves the target as it was",
  async (_name, force) => {
    await struckRestore(force, async ({ child }) => {
      child.kill("SIGKILL");
    });
  },
  STRIKES_MS,
);

test.each([
  ["the server's backend", false],
  ["the server's backend, with --force", true],
])(
  "the end of %s during a restore leaves the target as it was",
  async (_name, force) => {
    await struckRestore(force, async ({ target }) => {
      await target.server.admin(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
        [target.name],
      );
    });
  },
  STRIKES_MS,
);

interface Strike {
  readonly child: Started["process"];
  readonly target: TestDatabase;
}

async function struckRestore(force: boolean, strike: (at: Strike) => Promise<void>): Promise<void> {
  const points = pointsOf(POINTS, force ? 1 : 0);
  let struck = 0;
  for (const point of points) {
    const target = await freshDatabase();
    try {
      if (force) {
        await target.query(
          "CREATE SCHEMA old; CREATE TABLE old.kept (v text PRIMARY KEY); INSERT INTO old.kept VALUES ('precious'); CREATE TABLE users (id int)",
        );
      }
      const before = await stateOf(target);
      const args = ["restore", archive, "-d", target.url, ...(force ? ["--force"] : [])];
      const { process: child, finished } = await startedUntil(args, point);
      await strike({ child, target });
      const { code } = await finished;
      // A backend that lost its client notices when it next writes to it; nothing of it may be left to commit.
      await target.server.admin(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND state <> 'idle'",
        [target.name],
      );
      const after = await stateOf(target);
      // At the commit the strike can come too late, and later it does; then everything is there.
      const [phase] = point;
      if (
        code === 0 ||
        phase === "analyze" ||
        (phase === "commit" && after.length > before.length)
      ) {
        expect(await target.query("SELECT count(*)::int AS n FROM audit_log")).toEqual([
          { n: ROWS },
        ]);
        continue;
      }
      struck++;
      expect(after).toEqual(before);
      if (force) expect(await target.query("SELECT v FROM old.kept")).toEqual([{ v: "precious" }]);
    } finally {
      await target.drop();
    }
  }
  expect(struck).toBeGreaterThan(points.length / 2);
}
