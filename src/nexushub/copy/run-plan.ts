/** Copies what a plan says, one backup after the other. */
import {
  ArchiveError,
  isNexushubDumpError,
  type NexushubDumpError,
  OutputError,
  RefusedError,
} from "../../errors.ts";
import { formatBytes } from "../../util/format.ts";
import { type Warning, warning } from "../../warnings.ts";
import {
  type CopiedContents,
  copyFile,
  differs,
  digestOf,
  type VerifiedCopy,
} from "./copy-file.ts";
import { entryOfCopy } from "./entry.ts";
import type { CopiedArchive, CopyOptions } from "./options.ts";
import type { CopyPlan, CopyProblem, CopyStep } from "./plan.ts";
import { recordCopy, type TargetFolder } from "./target-folder.ts";
import { verifyContents } from "./verify-contents.ts";

/** Errors of one archive: the next one may be intact. */
const OF_AN_ARCHIVE: ReadonlySet<string> = new Set([
  "ARCHIVE_DAMAGED",
  "ARCHIVE_UNSUPPORTED",
  "BASE_MISSING",
  "MISMATCH",
  "NOT_ENCRYPTED",
]);

export interface PlanRun {
  readonly target: TargetFolder;
  readonly options: CopyOptions;
  /** Names of the backups in the source. */
  readonly inSource: ReadonlySet<string>;
  readonly warn: (problem: Warning) => void;
  /** Whether the failure of one backup is an error, and not in the result. */
  readonly isStrict: boolean;
  /** Names of the backups that are in the target and in its list, with those that are copied. */
  readonly there: Set<string>;
}

/** @throws what stops the other copies too: a store that does not answer, a full disk, a signal. */
export async function runPlan({ steps }: CopyPlan, run: PlanRun): Promise<CopiedArchive[]> {
  const copied: CopiedArchive[] = [];
  for (const step of steps) {
    const started = performance.now();
    const outcome = await runStep(step, run).catch((error: unknown): Outcome => {
      if (run.isStrict || !isNexushubDumpError(error)) throw error;
      const isOfArchive = step.action === "refuse" || OF_AN_ARCHIVE.has(error.code);
      if (!isOfArchive) throw error;
      return { state: "failed", verified: null, code: error.code, message: error.message };
    });
    const { name, archiveBytes } = step.file;
    if (outcome.state !== "failed") run.there.add(name);
    const path = run.target.folder.addressOf(name);
    const elapsedMs = Math.round(performance.now() - started);
    copied.push({ name, path, archiveBytes, ...outcome, elapsedMs });
  }
  return copied;
}

type Outcome = Pick<CopiedArchive, "state" | "verified" | "code" | "message">;

async function runStep(step: CopyStep, run: PlanRun): Promise<Outcome> {
  const { file, action, problem } = step;
  const { target, options, inSource, there } = run;
  if (problem !== null) throw errorOf(file.name, problem);
  const copied = step.bases.find((base) => there.has(base));
  if (step.bases.length > 0 && copied === undefined) {
    const message = `the full backup that it needs was not copied: ${step.bases[0]}`;
    throw errorOf(file.name, { code: "BASE_MISSING", message });
  }
  options.onArchive?.(file.name);
  // Beside the source it may be gone.
  const isNear = copied === undefined || step.bases.some((base) => inSource.has(base));
  const base = isNear ? null : target.folder.addressOf(copied);
  const archive = { name: file.name, path: file.path, entry: file.entry, base };
  const list = (copy: VerifiedCopy): Promise<void> => listCopy(step, run, copy);
  if (action === "check") {
    const contents = await checkExisting(step, run);
    await list({ contents, archiveBytes: file.archiveBytes });
    return outcomeOf("listed", contents);
  }
  const { contents } = await copyFile(target, archive, options, list);
  return outcomeOf("copied", contents);
}

function outcomeOf(state: "copied" | "listed", contents: CopiedContents): Outcome {
  const verified = contents === null ? "bytes" : "contents";
  return { state, verified, code: null, message: null };
}

function errorOf(name: string, { code, message }: CopyProblem): NexushubDumpError {
  const text = `cannot copy ${name}: ${message}`;
  const facts = { object: name };
  if (code === "ARCHIVE_DAMAGED") return new ArchiveError(text, facts);
  if (code === "OUTPUT") return new OutputError(text, facts);
  return new RefusedError(code, text, facts);
}

/** What a killed run wrote, or somebody else. */
async function checkExisting(
  { file }: CopyStep,
  { target, options }: PlanRun,
): Promise<CopiedContents> {
  const path = target.folder.addressOf(file.name);
  if ((await digestOf(path, options)) !== (await digestOf(file.path, options)))
    throw differs(path, file.path);
  return verifyContents({ path, entry: file.entry, base: null }, options);
}

async function listCopy(
  { file }: CopyStep,
  { target, options, warn }: PlanRun,
  { contents, archiveBytes }: VerifiedCopy,
): Promise<void> {
  const at = options.now?.() ?? new Date();
  const entry = entryOfCopy(file.entry, contents, { archiveBytes, at });
  if (entry !== null) return recordCopy(target, file.name, entry);
  const message = `${file.name} (${formatBytes(archiveBytes)}) is encrypted and in no list of backups: retention keeps the copy until prune --adopt --identity lists it`;
  warn(warning("backup-state", file.name, message));
}
