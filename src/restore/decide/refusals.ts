/** Whether a restore may begin, decided over facts alone. Pure: whoever reads the facts and drops things is elsewhere. */
import type { Manifest } from "../../archive/format/manifest.ts";
import { RefusedError, UnsupportedServerError } from "../../errors.ts";
import { listed } from "../../util/format.ts";
import type { SessionFacts } from "../target/read.ts";

/** @throws UnsupportedServerError only when the session cannot write. */
export function refuseReadOnly(facts: SessionFacts, target: string): void {
  if (!facts.isReadOnly && !facts.inRecovery) return;
  throw new UnsupportedServerError(
    `cannot restore into ${target}: ${facts.inRecovery ? "the server is a standby" : "the transaction is read-only"}`,
    { object: target, hint: "connect to the primary server" },
  );
}

/** @throws RefusedError ROLES_MISSING only when there are any. */
export function refuseMissingRoles(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new RefusedError(
    "ROLES_MISSING",
    `the target lacks ${missing.length === 1 ? "the role" : "the roles"} ${listed(missing)}`,
    {
      object: missing.join(", "),
      hint: "create them, or restore without owners and privileges",
    },
  );
}

/** @throws RefusedError TARGET_NOT_EMPTY only when there is something. */
export function refuseNotEmpty(obstacles: readonly string[], target: string): void {
  if (obstacles.length === 0) return;
  throw new RefusedError(
    "TARGET_NOT_EMPTY",
    `${target} is not empty: it holds ${listed(obstacles)}`,
    {
      object: target,
      hint: "restore into an empty database, or pass --force to drop what it holds in the same transaction",
    },
  );
}

/** @throws RefusedError TARGET_NOT_EMPTY only when something cannot be dropped inside a transaction. */
export function refuseUndroppable(refused: readonly string[], target: string): void {
  if (refused.length === 0) return;
  throw new RefusedError(
    "TARGET_NOT_EMPTY",
    `${target} holds what cannot be dropped inside a transaction: ${listed(refused)}`,
    {
      object: target,
      hint: "drop it first; ALTER SUBSCRIPTION … DISABLE and SET (slot_name = NONE) detach a subscription from its slot",
    },
  );
}

/** @throws UnsupportedServerError only when the chosen objects hold constructs that the target is too old for. */
export function refuseMissingFeatures(
  features: readonly string[],
  targetMajor: number,
  target: string,
): void {
  if (features.length === 0) return;
  throw new UnsupportedServerError(
    `cannot restore into PostgreSQL ${targetMajor}, which lacks what the archive holds: ${listed(features)}`,
    {
      object: target,
      hint: "restore into a server like the one that the archive is from, or choose what this one can hold with --table",
    },
  );
}

/**
 * A construct of a newer server may be unknown to an older target: said beforehand as a warning, and with the statement
 * that fails.
 */
export function versionNote(sourceNum: number | null, targetMajor: number): string | undefined {
  if (sourceNum === null) return undefined;
  const sourceMajor = Math.trunc(sourceNum / 10000);
  if (sourceMajor <= targetMajor) return undefined;
  return `the archive comes from PostgreSQL ${sourceMajor} and the target is the older ${targetMajor}: it may lack something that the archive uses`;
}

/** What the dump left to extensions, as the reason why a statement may fail for want of it. */
export function leftOutNote(warnings: Manifest["warnings"]): string | undefined {
  const left = warnings
    .filter(({ code }) => code === "manual-extension-member" || code === "extension-rows")
    .map(({ message }) => message);
  return left.length === 0 ? undefined : `the dump left out what may be needed: ${listed(left)}`;
}
