/**
 * The list of what a restore would do: a line for each object, for the rows of each table and for the position of each
 * sequence. A list from which lines were removed selects the others. Pure.
 */
import type {
  Manifest,
  ManifestObject,
  ManifestRelation,
  ManifestSequence,
} from "../../archive/format/manifest.ts";
import { UsageError } from "../../errors.ts";
import { qualify } from "../../sql/ident.ts";
import { listed } from "../../util/format.ts";

type Named = Pick<ManifestObject, "kind" | "namespace" | "name">;
type Contents = Pick<ManifestRelation, "namespace" | "name"> & { readonly kind?: string };

/** `table public users`. */
export function objectLine({ kind, namespace, name }: Named): string {
  return oneLine([kind, ...(namespace === null ? [] : [namespace]), name].join(" "));
}

/** `rows public.users`. */
export function rowsLine({
  namespace,
  name,
}: Pick<ManifestRelation, "namespace" | "name">): string {
  return oneLine(`rows ${qualify(namespace, name)}`);
}

/** `position public.users_id_seq`. */
export function positionLine({
  namespace,
  name,
}: Pick<ManifestSequence, "namespace" | "name">): string {
  return oneLine(`position ${qualify(namespace, name)}`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** What a list selects. */
export interface ListFilter {
  readonly hasObject: (object: Named) => boolean;
  /** Rows of a relation, or the position of a sequence, which has no kind. */
  readonly hasContents: (contents: Contents) => boolean;
}

/**
 * @param text the list; a line that begins with `;` or `#` is a comment, and so is a count in parentheses at the end of a
 * line of rows. Undefined selects everything.
 * @throws UsageError only when lines name what the archive does not hold.
 */
export function listFilter(manifest: Manifest, text: string | undefined): ListFilter {
  if (text === undefined) return { hasObject: () => true, hasContents: () => true };
  const lines = new Set(
    text
      .split("\n")
      .map((line) => oneLine(line).replace(/^(rows .*) \([\d,.  ]+\)$/, "$1"))
      .filter((line) => line !== "" && !/^[;#]/.test(line)),
  );
  const known = new Set([
    ...manifest.objects.map(objectLine),
    ...manifest.relations.map(rowsLine),
    ...manifest.sequences.map(positionLine),
  ]);
  const unknown = [...lines].filter((line) => !known.has(line));
  if (unknown.length > 0)
    throw new UsageError(`the list names what the archive does not hold: ${listed(unknown)}`, {
      object: unknown[0],
      hint: "restore --list prints the lines; remove those of what is to be left out",
    });
  return {
    hasObject: (object) => lines.has(objectLine(object)),
    hasContents: (contents) =>
      lines.has(contents.kind === undefined ? positionLine(contents) : rowsLine(contents)),
  };
}
