/**
 * Whether a restore may begin when only the head of its dump was read, all that stands before the first rows: only if nothing behind
 * it can change what is decided, and if a rollback takes everything back. Pure.
 */
import type { Manifest } from "../../archive/format/manifest.ts";
import { CATALOG } from "../../catalog/address.ts";
import { replacement } from "../../restore/decide/replacement.ts";
import type { Selection } from "../../restore/decide/selection.ts";
import type { TargetFacts, TargetObject } from "../../restore/target/facts.ts";
import type { HeadScan } from "../read/scan.ts";
import type { OwnershipOptions } from "./as-archive.ts";

/** As far as the dump tells. */
export function headAllows(
  { scan: { created, contents } }: HeadScan,
  { owner, privileges }: OwnershipOptions,
): boolean {
  // Privileges come last, and so may roles that the target lacks.
  if (owner || privileges) return false;
  // The error names all refusals of the dump.
  if (contents.refusals.length > 0) return false;
  // Else rows go into tables that exist, and positions into their sequences, which no rollback takes back.
  return created.some(({ kind }) => kind !== "large-object");
}

/** As far as the target tells: what it holds goes, whatever the rest of the dump creates, and no sequence stays. */
export function targetAllows(
  manifest: Manifest,
  selection: Selection,
  { contents, extensions }: Pick<TargetFacts, "contents" | "extensions">,
): boolean {
  const replaced = new Set(replacement(manifest, selection, contents).replaced);
  return (
    !extensions.some(({ hasSequences }) => hasSequences) &&
    contents.every((object) => replaced.has(object) || staysAnyway(object))
  );
}

/** Used as it is, even by a dump that names it. */
function staysAnyway(object: TargetObject): boolean {
  return (
    object.class === CATALOG.extension || (object.class === CATALOG.namespace && !object.mayDrop)
  );
}
