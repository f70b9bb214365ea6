/** A restore of a plain dump inside its transaction: decide, run the dump, look at what came out. */
import type { ServerVersion } from "../../catalog/version.ts";
import { setLocal } from "../../pg/session.ts";
import {
  mayLackRights,
  planRestore,
  type RestoreDecision,
  type RestorePlan,
} from "../../restore/decide/plan.ts";
import type { RestoreSettings } from "../../restore/defaults.ts";
import type { RestoreResult } from "../../restore/options.ts";
import { readForPlan, requirePlan } from "../../restore/plan-for-target.ts";
import { analyze } from "../../restore/run/analyze.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { CHECK_ROWS, runAll } from "../../restore/run/run-plan.ts";
import { setRole } from "../../restore/set-role.ts";
import type { TargetFacts } from "../../restore/target/facts.ts";
import { dataProgress } from "../../util/progress.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { HeadScan } from "../read/scan.ts";
import type { DumpScan } from "../read/tally.ts";
import { asArchive, type DumpAsArchive, isDataOnly } from "./as-archive.ts";
import { targetAllows } from "./begin-early.ts";
import type { CheckedDump } from "./checked-dump.ts";
import type { BeforeCommit } from "./options.ts";
import { runDump } from "./run-dump.ts";
import { tryRights } from "./try-rights.ts";

export interface PlainTransaction {
  readonly dump: CheckedDump;
  /** What is known of the dump. */
  readonly known: HeadScan;
  readonly transaction: KeptTransaction;
  readonly version: ServerVersion;
  readonly settings: RestoreSettings;
  /** Undefined for what the server does not do by itself. */
  readonly analyze: boolean | undefined;
  readonly beforeCommit: BeforeCommit | undefined;
}

type PlainOutcome = Omit<RestoreResult, "target" | "committed" | "elapsedMs">;

/** Does everything but begin and commit. */
export async function runPlainTransaction(context: PlainTransaction): Promise<PlainOutcome> {
  return new PlainRestore(context).run();
}

/** A plain dump has no signature that anybody could check. */
function ofDump(each: Warning): Warning {
  if (each.code !== "unsigned-archive") return each;
  const message =
    "the dump is restored as a superuser, and a plain dump is never signed: whoever wrote it can do anything on this server";
  return warning(each.code, each.object, message);
}

/** What is decided from what is known of the dump. */
interface Decided extends DumpAsArchive, HeadScan {
  readonly target: TargetFacts;
  readonly decision: RestoreDecision;
}

class PlainRestore {
  readonly #context: PlainTransaction;
  readonly #warnings: Warning[] = [];
  readonly #running: { line: number | null } = { line: null };

  constructor(context: PlainTransaction) {
    this.#context = context;
  }

  async run(): Promise<PlainOutcome> {
    const { transaction, settings, beforeCommit } = this.#context;
    const { connection } = transaction;
    connection.onWarning((message, isRaised) => this.#serverWarning(message, isRaised));
    const decided = await this.#decide();
    const { target } = decided;
    const plan = requirePlan(decided.decision, target, (each) => this.#warn(ofDump(each)));
    await this.#prepare(plan);
    if (mayLackRights(target.session, settings))
      await tryRights(transaction, this.#context.dump.statementsToTry);
    const scan = await this.#runStatements(plan, decided);
    const { manifest, selection } = asArchive(scan, settings);
    // Judged once more, by all that the dump turned out to hold.
    const decision = planRestore(manifest, selection, target, settings);
    await this.#finish(
      requirePlan(decision, target, () => undefined),
      target,
    );
    for (const each of (await beforeCommit?.(connection)) ?? []) this.#warn(each);
    await transaction.requireSame();
    const { contents } = scan;
    return {
      objects: contents.objects.reduce((sum, { count }) => sum + count, 0),
      relations: contents.relations,
      rows: contents.rows,
      bytes: contents.bytes,
      sequences: contents.sequences,
      lost: [],
      dropped: plan.dropped,
      createdRoles: [],
      leftOut: selection.leftOut,
      warnings: this.#warnings,
    };
  }

  #warn(each: Warning): void {
    this.#warnings.push(each);
    this.#context.settings.onProgress?.({ type: "warning", ...each });
  }

  #serverWarning(message: string, isRaised: boolean): void {
    const { line } = this.#running;
    const object = line === null ? null : `line ${line}`;
    // What a function of the dump says may hold rows.
    this.#warn(
      warning("server-warning", object, isRaised ? "a function raised a warning" : message),
    );
  }

  /** From the head of the dump if that is enough, else from all of it, which also tells the rights that it takes. */
  async #decide(): Promise<Decided> {
    const { dump, known } = this.#context;
    const decided = await this.#decideFrom(known);
    if (known.isWhole) return decided;
    const { manifest, selection, target, decision } = decided;
    const { settings } = this.#context;
    const mayBegin =
      targetAllows(manifest, selection, target) && !mayLackRights(target.session, settings);
    if (decision.refusal === null && mayBegin) return decided;
    return this.#decideFrom({ scan: await dump.scanWhole(), isWhole: true });
  }

  async #decideFrom(known: HeadScan): Promise<Decided> {
    const { transaction, version, settings } = this.#context;
    const { manifest, selection } = asArchive(known.scan, settings);
    const needs = { manifest, version, selection, settings };
    const target = await readForPlan(transaction.connection, needs);
    // pg_dump writes money as its database does, and does not say how.
    await transaction.connection.query("SET LOCAL lc_monetary TO DEFAULT");
    const decision = planRestore(manifest, selection, target, settings);
    return { ...known, manifest, selection, target, decision };
  }

  async #prepare(plan: RestorePlan): Promise<void> {
    const { transaction, settings } = this.#context;
    const { connection } = transaction;
    await transaction.remember();
    if (plan.settings.length > 0) await connection.query(setLocal(plan.settings));
    if (plan.role !== undefined) await setRole(connection, plan.role);
    if (plan.drops.length > 0) settings.onProgress?.({ type: "phase", phase: "drop" });
    await runAll(connection, [...plan.drops, ...plan.beforeRows], "drop what the target holds");
  }

  /** @returns what the dump turned out to hold. */
  async #runStatements(plan: RestorePlan, { scan, isWhole, target }: Decided): Promise<DumpScan> {
    const { dump, transaction, version, settings } = this.#context;
    const { onProgress, owner, privileges } = settings;
    const { noToastCompression = false, noTablespaces = false } = settings;
    const { session } = target;
    return dump.run(async (reading) => {
      const expected = (passed: number): number => reading.expectedBytes(passed);
      const progress = dataProgress(onProgress, isWhole ? scan.contents.bytes : expected);
      const hasAuthorized = await runDump({
        transaction,
        reading,
        owner,
        privileges,
        noToastCompression,
        noTablespaces,
        progress,
        onProgress,
        mayFreeze: session.isReadCommitted && !isDataOnly(scan),
        encoding: session.encoding,
        version,
        tuned: plan.tuned,
        hint: plan.hint,
        running: this.#running,
      });
      if (hasAuthorized) await this.#backToRole(plan.role);
      progress.finish();
    });
  }

  async #backToRole(role: string | undefined): Promise<void> {
    const { connection } = this.#context.transaction;
    await connection.query("RESET SESSION AUTHORIZATION");
    if (role !== undefined) await setRole(connection, role);
  }

  async #finish(plan: RestorePlan, { session }: TargetFacts): Promise<void> {
    const { transaction, settings } = this.#context;
    const { connection } = transaction;
    await runAll(connection, plan.afterRows, CHECK_ROWS);
    if (!(this.#context.analyze ?? !session.hasAutovacuum)) return;
    const { onProgress } = settings;
    await analyze(connection, plan.analyze, { onProgress, warn: (each) => this.#warn(each) });
  }
}
