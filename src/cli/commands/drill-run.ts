/** The body of `drill`. */
import type { SignKey } from "../../archive/signing/ed25519-key.ts";
import type { DrillReport } from "../../drill/report.ts";
import { renderHtml } from "../../drill/render-html.ts";
import { renderJunit } from "../../drill/render-junit.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { nexusHubDrill } from "../../nexushub/drill/nexushub-drill.ts";
import { recordDrill } from "../../nexushub/drill/record-drill.ts";
import { findKey } from "../../nexushub/deployment/open-deployment.ts";
import { requireLocalPath } from "../../store/local-path.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import { parseKey } from "../../nexushub/keys/sealing-key.ts";
import { outputError } from "../../util/output-error.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf, verifyKeysOf } from "../archive-operand.ts";
import type { Body, ConnectionOptions } from "../command.ts";
import { LATEST } from "../backup-operand.ts";
import { type DecryptionOptions, signKeyOf } from "../encryption.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { drillLines } from "../drill-text.ts";
import type { Console } from "../console.ts";
import { showProgress } from "../progress.ts";
import { deploymentOptions } from "../source.ts";

/** A report can contain a peer's configuration. */
const REPORT_MODE = 0o600;

export interface DrillCommandOptions
  extends Pick<ConnectionOptions, "envFile" | "composeFile">, DecryptionOptions {
  readonly into?: string;
  readonly asPlainRole?: boolean;
  readonly signKey?: string;
  readonly peer?: string;
  readonly reveal?: boolean;
  /** Milliseconds. */
  readonly maxAge?: number;
  readonly html?: string;
  readonly junit?: string;
}

export const drillRun: Body<DrillCommandOptions> = async (context, options, fileOrFolder) => {
  const { console, signal } = context;
  for (const file of [options.html, options.junit])
    if (file !== undefined) requireLocalPath(file, "the report is");
  const { key, wgEndpoint } = await findKey(deploymentOptions(options, context));
  if (key !== null) console.say("info", `uses the key of ${key.from}`);
  const signKey = await signKeyOf(options);
  const isDefault = fileOrFolder === undefined || fileOrFolder === LATEST;
  const report = await nexusHubDrill(
    isDefault ? await defaultFolder() : fileOrFolder,
    withoutUndefined({
      into: options.into,
      asPlainRole: options.asPlainRole,
      decrypt: await identitiesOf(options),
      allowPlain: options.allowPlain,
      verifyKeys: await verifyKeysOf(options),
      key: key === null ? undefined : parseKey(key.value),
      wgEndpoint,
      peer: options.peer,
      reveal: options.reveal,
      maxAuditAgeMs: options.maxAge,
      signal,
      onProgress: showProgress(console),
    }),
  );
  await record(console, report, signKey);
  await write(options.html, renderHtml(report));
  await write(options.junit, renderJunit(report));
  console.result(report, drillLines(report));
  return report.ok ? DONE : FAILED;
};

/** A folder's list has no plain dumps, and a drill of one says nothing about the backups. */
async function record(
  console: Console,
  report: DrillReport,
  signKey: SignKey | undefined,
): Promise<void> {
  try {
    if (await recordDrill(report, { signKey })) return;
    console.say("info", "the drill is not recorded: no folder lists the file as a backup");
  } catch (error) {
    const { message } = error as Error;
    console.say("warning", `the drill could not be recorded in the folder: ${message}`);
  }
}

async function write(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return;
  try {
    await replaceFile(path, text, REPORT_MODE);
  } catch (cause) {
    throw outputError(cause, path);
  }
}
