/** The body of `demo`: each step says in plain words what it does and how long it took. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { dump } from "../../dump/dump.ts";
import { type EmbeddedServer, startEmbedded } from "../../embedded/index.ts";
import { MismatchError } from "../../errors.ts";
import { loadNexusHubDemoData } from "../../nexushub/demo-data/index.ts";
import { connect } from "../../pg/connect.ts";
import { restore } from "../../restore/restore.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { inspect } from "../../verify/inspect.ts";
import { verify } from "../../verify/verify.ts";
import type { Body, Running } from "../command.ts";
import { relationTable } from "../contents-text.ts";
import { DONE } from "../exit-codes.ts";
import { formatBytes, formatCount, formatDuration, plural } from "../../util/format.ts";
import { showProgress } from "../progress.ts";

const SOURCE = "nexushub";
const COPY = "nexushub_restored";

export interface DemoCommandOptions {
  readonly rows: number;
  readonly major: number;
}

export const demoRun: Body<DemoCommandOptions> = async (running, options) => {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "nexushub-dump-demo-"));
  try {
    const story = new Story(running, folder);
    const server = await story.step(
      `Starting PostgreSQL ${options.major} in a temporary folder, on a Unix socket`,
      () => startEmbedded({ major: options.major, signal: running.signal }),
      (it) => `PostgreSQL ${it.version} runs`,
    );
    try {
      await tell(story, server, options);
    } finally {
      await story.step(
        "Stopping the server and removing its folder",
        () => server.stop(),
        () => "nothing is left",
      );
    }
    const elapsedMs = performance.now() - started;
    running.console.result(
      { equal: true, elapsedMs, steps: story.steps },
      `\nA NexusHub database was dumped into one file, proven, restored in one transaction and found equal, in ${formatDuration(elapsedMs)}.`,
    );
    return DONE;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function tell(
  story: Story,
  server: EmbeddedServer,
  options: DemoCommandOptions,
): Promise<void> {
  const { signal } = story.running;
  const onProgress = story.onProgress;
  const archive = join(story.folder, "nexushub.tar.gz");
  await story.step(
    `Filling a database with a made-up NexusHub: users, peers, keys, ${formatCount(options.rows)} audit rows`,
    async () => {
      await createDatabases(server, signal);
      return loadNexusHubDemoData(server.urlOf(SOURCE), { auditRows: options.rows, signal });
    },
    (it) => `${formatCount(it.rows)} rows in ${plural(it.tables.length, "table")}`,
  );
  await story.step(
    "Dumping it into one archive, from one snapshot",
    () => dump(server.urlOf(SOURCE), archive, { signal, onProgress }),
    (it) =>
      `${formatBytes(it.bytes)} of rows in ${formatBytes(it.archiveBytes)}, over ${plural(it.jobs, "connection")}`,
  );
  const contents = await inspect(archive, { signal });
  story.show(relationTable(contents.relations));
  await story.step(
    "Proving the archive, byte by byte",
    () => verify(archive, { signal, onProgress }),
    (it) => `${plural(it.entries, "entry", "entries")} whole`,
  );
  await story.step(
    "Restoring it into a second database, in one transaction",
    () => restore(archive, server.urlOf(COPY), { signal, onProgress }),
    (it) => `${plural(it.objects, "object")} and ${formatCount(it.rows)} rows committed`,
  );
  await story.step(
    "Comparing both: a reproducible dump of each must be the same bytes",
    async () => {
      const [ours, theirs] = [
        await fingerprint(story, server, SOURCE),
        await fingerprint(story, server, COPY),
      ];
      if (ours !== theirs) {
        throw new MismatchError("the restored database differs from the source", {
          object: COPY,
          hint: "this is a bug: please report it with the output above",
        });
      }
      return ours;
    },
    (digest) => `equal, SHA-256 ${digest.slice(0, 16)}…`,
  );
}

async function createDatabases(server: EmbeddedServer, signal: AbortSignal): Promise<void> {
  const { connection } = await connect(server.url, { signal });
  try {
    for (const name of [SOURCE, COPY]) {
      await connection.query(`CREATE DATABASE ${quoteIdent(name)} TEMPLATE template0`, {
        doing: "cannot create the demo's database",
      });
    }
  } finally {
    await connection.close();
  }
}

/** SHA-256 of a reproducible archive of the database. */
async function fingerprint(
  story: Story,
  server: EmbeddedServer,
  database: string,
): Promise<string> {
  const path = join(story.folder, `${database}.fingerprint.tar`);
  await dump(server.urlOf(database), path, {
    reproducible: true,
    compression: "none",
    signal: story.running.signal,
    onProgress: story.onProgress,
  });
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  await rm(path);
  return hash.digest("hex");
}

/** Tells the steps on standard error as they happen, and keeps them for the result. */
class Story {
  readonly running: Running;
  readonly folder: string;
  readonly steps: { readonly step: string; readonly result: string; readonly elapsedMs: number }[] =
    [];
  readonly onProgress: ReturnType<typeof showProgress>;

  constructor(running: Running, folder: string) {
    this.running = running;
    this.folder = folder;
    // A terminal gets the live line; elsewhere the steps themselves say enough.
    this.onProgress = running.console.isLive ? showProgress(running.console) : () => {};
  }

  async step<Result>(
    step: string,
    work: () => Promise<Result>,
    tellResult: (result: Result) => string,
  ): Promise<Result> {
    const number = this.steps.length + 1;
    this.running.console.say("info", `${number}. ${step} …`);
    const started = performance.now();
    const value = await work();
    const elapsedMs = performance.now() - started;
    const result = tellResult(value);
    this.running.console.say("info", `   ${result}, in ${formatDuration(elapsedMs)}`);
    this.steps.push({ step, result, elapsedMs });
    return value;
  }

  show(text: string): void {
    this.running.console.say("info", `\n${text.replaceAll(/^/gm, "   ")}\n`);
  }
}
