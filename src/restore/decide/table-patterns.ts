/** Patterns for tables, matched with the relations of an archive, and with their partitions and children. Pure. */
import type { Manifest } from "../../archive/format/manifest.ts";
import { UsageError } from "../../errors.ts";
import { matchesPattern, namePattern, onPath } from "../../sql/pattern.ts";
import { tableKey, withTablesBelow } from "./tables-below.ts";

export interface TablePatterns {
  readonly patterns?: readonly string[] | undefined;
  /** Patterns whose tables come with all partitions and tables that inherit from them. */
  readonly andChildren?: readonly string[] | undefined;
  readonly searchPath?: readonly string[] | undefined;
}

interface RelationName {
  readonly namespace: string | null;
  readonly name: string;
}

/**
 * A test of a relation's name.
 * @throws UsageError when a pattern is malformed, or asks for children of which the archive knows nothing.
 */
export function tableTest(
  manifest: Pick<Manifest, "format" | "options" | "objects">,
  { patterns = [], andChildren = [], searchPath = ["public"] }: TablePatterns,
): (relation: RelationName) => boolean {
  const test = (texts: readonly string[]): ((relation: RelationName) => boolean) => {
    const parsed = texts.map(namePattern);
    const isVisible = onPath(searchPath);
    return ({ namespace, name }) =>
      namespace !== null &&
      parsed.some((pattern) => matchesPattern(pattern, { namespace, name }, isVisible));
  };
  const isNamed = test(patterns);
  if (andChildren.length === 0) return isNamed;
  const family = withChildren(manifest, test(andChildren));
  return (relation) => isNamed(relation) || family.has(tableKey(relation));
}

/** The keys of the tables that pass the test, and of all below them. */
function withChildren(
  { format, options, objects }: Pick<Manifest, "format" | "options" | "objects">,
  isNamed: (relation: RelationName) => boolean,
): ReadonlySet<string> {
  if (format === 1 || options.dataOnly)
    throw new UsageError("the archive does not record which tables are partitions or children", {
      hint: "name them with patterns of their own, as --table 'events_*'",
    });
  const named = objects.flatMap((object) =>
    // A parent that is not in the archive has children that are.
    [object, ...(object.inherits ?? [])]
      .filter(({ namespace, name }) => namespace !== null && isNamed({ namespace, name }))
      .map(tableKey),
  );
  return withTablesBelow(objects, named);
}
