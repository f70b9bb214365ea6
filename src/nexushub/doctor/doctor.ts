/** Can this host back up and restore? Each check says what it saw and, where something is amiss, what to do. */
import { isNexushubDumpError } from "../../errors.ts";
import { connect } from "../../pg/connect.ts";
import { checkServer } from "../../pg/server.ts";
import { keyFinding, privilegesFinding, spaceFinding } from "./database-findings.ts";
import { failure, type Finding, notRun, ok, warning } from "./finding.ts";
import { drillFinding, folderFinding, newestFinding, timerFinding } from "./host-findings.ts";
import type { DeploymentOptions } from "../deployment/options.ts";
import { type OpenDeployment, openDeployment } from "../deployment/open-deployment.ts";

export type { CheckStatus } from "./finding.ts";

export interface Check extends Finding {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
}

export interface DoctorReport {
  /** No check failed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface DoctorOptions extends DeploymentOptions {
  /** The folder of the backups. */
  readonly folder: string;
  /** Default: the clock. */
  readonly now?: Date | undefined;
}

/** Runs all checks; changes nothing. Throws only when interrupted. */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const checks: Check[] = [];
  const run = async (id: string, title: string, look: () => Promise<Finding>): Promise<Finding> => {
    let finding: Finding;
    try {
      finding = await look();
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
      finding = failure(error.message, error.hint ?? null);
    }
    checks.push({ id, title, ...finding });
    return finding;
  };
  const skip = (id: string, title: string, why: string) => run(id, title, async () => notRun(why));

  let deployment: OpenDeployment | undefined;
  await run("deployment", "Deployment", async () => {
    deployment = await openDeployment(options);
    const why = deployment.why.join("; ");
    const [note] = deployment.notes;
    return note === undefined
      ? ok(why)
      : warning(
          `${why}; ${deployment.notes.join("; ")}`,
          "make the file mean the same to systemd and to shells",
        );
  });
  try {
    if (deployment === undefined) {
      for (const [id, title] of DATABASE_CHECKS) await skip(id, title, "no database was reached");
    } else {
      await lookAtDatabase(deployment, options, run);
    }
  } finally {
    await deployment?.close();
  }
  await run("folder", "Backup folder", () => folderFinding(options.folder));
  await run("newest", "Newest backup", () =>
    newestFinding(options.folder, options.now ?? new Date()),
  );
  await run("timer", "Timer", timerFinding);
  await run("drill", "Drill", drillFinding);
  return { ok: checks.every(({ status }) => status !== "failed"), checks };
}

type Run = (id: string, title: string, look: () => Promise<Finding>) => Promise<Finding>;

const DATABASE_CHECKS = [
  ["server", "Server"],
  ["privileges", "Privileges"],
  ["key", "Key"],
  ["space", "Disk space"],
] as const;

async function lookAtDatabase(
  deployment: OpenDeployment,
  { signal, env, folder }: DoctorOptions,
  run: Run,
): Promise<void> {
  const { connection, connector } = await connect(deployment.connection, { signal, env });
  const [server, privileges, key, space] = DATABASE_CHECKS;
  try {
    await run(...server, async () => {
      const { num, major } = await checkServer(connection, connector, {
        purpose: "dump",
        allowNewer: false,
      });
      return ok(`${connection.label}, PostgreSQL ${major}.${num % 10000}`);
    });
    await run(...privileges, () => privilegesFinding(connection));
    await run(...key, () => keyFinding(connection, deployment.key));
    await run(...space, () => spaceFinding(connection, folder));
  } finally {
    await connection.close();
  }
}
