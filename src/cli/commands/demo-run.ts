/** The body of `demo`: each step says what it does and how long it took. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { dump } from "../../dump/dump.ts";
import { type EmbeddedServer, startEmbedded } from "../../embedded/index.ts";
import { MismatchError } from "../../errors.ts";
import { loadNexusHubDemoData } from "../../nexushub/demo-data/index.ts";
import { withConnection } from "../../pg/connect.ts";
import { restore } from "../../restore/restore.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { formatBytes, formatCount, formatDuration, plural } from "../../util/format.ts";
import { createTemporaryFolder, removeTemporaryFolder } from "../../util/temp-file.ts";
import { inspect } from "../../verify/inspect.ts";
import { verify } from "../../verify/verify.ts";
import type { Body, CommandContext } from "../command.ts";
import { relationTable } from "../contents-text.ts";
import { DONE } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";

export interface DemoCommandOptions {
  readonly rows: number;
  readonly major: number;
}

const SOURCE = "nexushub";
const COPY = "nexushub_restored";

export const demoRun: Body<DemoCommandOptions> = async (context, options) => {
  const started = performance.now();
  const folder = await createTemporaryFolder();
  try {
    const demo = new Demo(context, folder);
    const server = await demo.step(
      `Starting PostgreSQL ${options.major} in a temporary folder, on a Unix socket`,
      () => startEmbedded({ major: options.major, signal: context.signal }),
      ({ version }) => `PostgreSQL ${version} is running`,
    );
    try {
      await runSteps(demo, server, options);
    } finally {
      await demo.step(
        "Stopping the server and removing its folder",
        () => server.stop(),
        () => "nothing is left behind",
      );
    }
    const elapsedMs = Math.round(performance.now() - started);
    context.console.result(
      { equal: true, elapsedMs, steps: demo.steps },
      `\nA NexusHub database was dumped into one file, verified, restored in one transaction and found equal, in ${formatDuration(elapsedMs)}.`,
    );
    return DONE;
  } finally {
    await removeTemporaryFolder(folder);
  }
};

async function runSteps(
  demo: Demo,
  server: EmbeddedServer,
  options: DemoCommandOptions,
): Promise<void> {
  const { signal } = demo.context;
  const onProgress = demo.onProgress;
  const archive = join(demo.folder, "nexushub.tar.gz");
  await demo.step(
    `Filling a database with invented NexusHub data: users, peers, keys, ${formatCount(options.rows)} audit rows`,
    async () => {
      await createDatabases(server, signal);
      return loadNexusHubDemoData(server.urlOf(SOURCE), { auditRows: options.rows, signal });
    },
    ({ rows, tables }) => `${plural(rows, "row")} in ${plural(tables.length, "table")}`,
  );
  await demo.step(
    "Dumping it into one archive, from one snapshot",
    () => dump(server.urlOf(SOURCE), archive, { signal, onProgress }),
    ({ bytes, archiveBytes, jobs }) =>
      `${formatBytes(bytes)} of rows in ${formatBytes(archiveBytes)}, over ${plural(jobs, "connection")}`,
  );
  const contents = await inspect(archive, { signal });
  demo.show(relationTable(contents.relations));
  await demo.step(
    "Verifying every byte of the archive",
    () => verify(archive, { signal, onProgress }),
    ({ entries }) => `${plural(entries, "entry", "entries")} intact`,
  );
  await demo.step(
    "Restoring it into a second database, in one transaction",
    () => restore(archive, server.urlOf(COPY), { signal, onProgress }),
    ({ objects, rows }) => `${plural(objects, "object")} and ${plural(rows, "row")} committed`,
  );
  await demo.step(
    "Comparing both: a reproducible dump of each must have the same bytes",
    async () => {
      const source = await fingerprint(demo, server, SOURCE);
      const copy = await fingerprint(demo, server, COPY);
      if (source !== copy) {
        throw new MismatchError("the restored database differs from the source", {
          object: COPY,
          hint: "this is a bug: please report it with the output above",
        });
      }
      return source;
    },
    (digest) => `equal, SHA-256 ${digest.slice(0, 16)}…`,
  );
}

function createDatabases(server: EmbeddedServer, signal: AbortSignal): Promise<void> {
  return withConnection(server.url, { signal }, async (connection) => {
    for (const name of [SOURCE, COPY]) {
      await connection.query(`CREATE DATABASE ${quoteIdent(name)} TEMPLATE template0`, {
        action: "create the demo's database",
      });
    }
  });
}

/** SHA-256 of a reproducible archive of the database. */
async function fingerprint(demo: Demo, server: EmbeddedServer, database: string): Promise<string> {
  const path = join(demo.folder, `${database}.fingerprint.tar`);
  await dump(server.urlOf(database), path, {
    reproducible: true,
    compression: "none",
    signal: demo.context.signal,
    onProgress: demo.onProgress,
  });
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  await rm(path);
  return hash.digest("hex");
}

/** Runs the steps, reports each on standard error, and collects them for the result. */
class Demo {
  readonly context: CommandContext;
  readonly folder: string;
  readonly steps: { readonly step: string; readonly result: string; readonly elapsedMs: number }[] =
    [];
  readonly onProgress: ReturnType<typeof showProgress>;

  constructor(context: CommandContext, folder: string) {
    this.context = context;
    this.folder = folder;
    // Without a terminal the lines of the steps are progress enough.
    this.onProgress = context.console.isLive ? showProgress(context.console) : () => {};
  }

  async step<Result>(
    step: string,
    work: () => Promise<Result>,
    describe: (result: Result) => string,
  ): Promise<Result> {
    const number = this.steps.length + 1;
    this.context.console.say("info", `${number}. ${step} …`);
    const started = performance.now();
    const value = await work();
    const elapsedMs = Math.round(performance.now() - started);
    const result = describe(value);
    this.context.console.say("info", `   ${result}, in ${formatDuration(elapsedMs)}`);
    this.steps.push({ step, result, elapsedMs });
    return value;
  }

  show(text: string): void {
    this.context.console.say("info", `\n${text.replaceAll(/^/gm, "   ")}\n`);
  }
}
