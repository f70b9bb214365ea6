/** What of an archive's objects and rows a restore leaves out, by the options that a dump has too and by a list. Pure. */
import type { Manifest, ManifestObject } from "../../archive/format/manifest.ts";
import { excludedKinds } from "../../catalog/kind-options.ts";
import { UsageError } from "../../errors.ts";
import { schemaPattern, simplePattern } from "../../sql/pattern.ts";
import { foreignTables } from "../../archive/format/foreign-tables.ts";
import { objectLabel, qualified } from "../../util/label.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { RestoreSettings } from "../defaults.ts";
import { listFilter } from "./restore-list.ts";
import { type TablePatterns, tableTest } from "./table-patterns.ts";

export interface LeftOut {
  /** `id`s of objects. */
  readonly ids: ReadonlySet<number>;
  /** Whether more is left out than parts of objects: comments, policies, security labels. */
  readonly hasObjects: boolean;
  /** Whether the rows of a table, the position of a sequence or the large objects are left out. */
  readonly isWithoutContents: (relation: Contents) => boolean;
  readonly warnings: readonly Warning[];
}

/** A relation or a sequence of the manifest. */
interface Contents {
  readonly kind?: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: number | null;
  readonly unlogged?: boolean | undefined;
}

export type LeaveOutOptions = Partial<
  Pick<
    RestoreSettings,
    | "schemas"
    | "excludeSchemas"
    | "excludeTables"
    | "excludeTableData"
    | "excludeTablesAndChildren"
    | "excludeTableDataAndChildren"
    | "noUnloggedTableData"
    | "excludeExtensions"
    | "foreignData"
    | "useList"
    | "leaveOut"
    | "searchPath"
    | "noComments"
    | "noPublications"
    | "noSubscriptions"
    | "noPolicies"
    | "noSecurityLabels"
    | "noLargeObjects"
    | "noToastCompression"
    | "noTablespaces"
  >
>;

/** Kinds of which an object can do without. */
const PARTS: ReadonlySet<string> = new Set(["comment", "policy", "row-security", "security-label"]);

/**
 * Parts go with their objects. What needs an object that is left out goes, too, with a warning; but the target is
 * supposed to have the schemas and extensions that are left out.
 * @throws UsageError when a pattern is malformed, or a schema pattern or a line of the list matches nothing.
 */
export function leaveOut(manifest: Manifest, options: LeaveOutOptions): LeftOut {
  const inSchemas = schemaFilter(manifest, options);
  const isExcludedTable = relationMatcher(manifest, {
    patterns: options.excludeTables,
    andChildren: options.excludeTablesAndChildren,
    searchPath: options.searchPath,
  });
  const isWithoutRows = relationMatcher(manifest, {
    patterns: options.excludeTableData,
    andChildren: options.excludeTableDataAndChildren,
    searchPath: options.searchPath,
  });
  const extensions = (options.excludeExtensions ?? []).map(simplePattern);
  const list = listFilter(manifest, options.useList);
  const kinds = excludedKinds(options);
  const isForeign = options.foreignData === true ? () => false : foreignTables(manifest);
  const ids = new Set<number>();
  /** Those whose dependents go, too. */
  const missing = new Map<number, ManifestObject>();
  const warnings: Warning[] = [];
  for (const object of manifest.objects) {
    const { id, kind, parent } = object;
    const isMissing =
      kinds.has(kind) ||
      isExcludedTable(object) ||
      !list.hasObject(object) ||
      options.leaveOut?.(object) === true;
    const isElsewhere =
      !inSchemas(object) ||
      (kind === "extension" && extensions.some(({ name }) => name.test(object.name)));
    const need = object.requires.find((each) => missing.has(each));
    if (isMissing || (parent !== null && missing.has(parent))) missing.set(id, object);
    else if (isElsewhere || (parent !== null && ids.has(parent))) ids.add(id);
    else if (need !== undefined) {
      missing.set(id, object);
      warnings.push(needsLeftOut(object, missing.get(need)!));
    }
    if (missing.has(id)) ids.add(id);
  }
  return {
    ids,
    hasObjects: manifest.objects.some(({ id, kind }) => ids.has(id) && !PARTS.has(kind)),
    isWithoutContents: (relation) =>
      (relation.object !== null && ids.has(relation.object)) ||
      isForeign(relation) ||
      (relation.kind === "large-objects"
        ? kinds.has("large-object") || (options.schemas ?? []).length > 0
        : !inSchemas({ ...relation, kind: "table", parent: null })) ||
      isExcludedTable({ ...relation, kind: "table" }) ||
      isWithoutRows({ ...relation, kind: "table" }) ||
      (options.noUnloggedTableData === true && relation.unlogged === true) ||
      !list.hasContents(relation),
    warnings: [...warnings, ...foreignRows(manifest, isForeign)],
  };
}

/** Rows of foreign tables would be written to other servers, which may have them already, so that has to be asked for. */
function foreignRows(
  { relations }: Pick<Manifest, "relations">,
  isForeign: ReturnType<typeof foreignTables>,
): Warning[] {
  return relations
    .filter((relation) => relation.rows > 0 && isForeign(relation))
    .map(({ namespace, name }) => {
      const label = `foreign table ${qualified(namespace, name)}`;
      return warning(
        "foreign-rows",
        label,
        `the rows of ${label} were left out: they are written to its server only with --include-foreign-data`,
      );
    });
}

function needsLeftOut(object: ManifestObject, need: ManifestObject): Warning {
  const label = objectLabel(object);
  return warning(
    "needs-unselected",
    label,
    `${label} was left out: it needs ${objectLabel(need)}, which is left out`,
  );
}

type Placed = Pick<ManifestObject, "kind" | "namespace" | "name" | "parent">;

/** Whether the schema options let an object in. What lives in no schema comes only where no schema is named. */
function schemaFilter(
  { objects }: Manifest,
  { schemas = [], excludeSchemas = [] }: LeaveOutOptions,
): (object: Placed) => boolean {
  const included = schemas.map(schemaPattern);
  const excluded = excludeSchemas.map(schemaPattern);
  const schemaOf = ({ kind, namespace, name }: Placed): string | null =>
    kind === "schema" ? name : namespace;
  const known = new Set(objects.map(schemaOf));
  for (const { text, name } of included) {
    if (![...known].some((schema) => schema !== null && name.test(schema)))
      throw new UsageError(`the archive holds no schema that matches ${text}`, {
        object: text,
        hint: "inspect lists what it holds",
      });
  }
  return (object) => {
    const schema = schemaOf(object);
    // A part that lives in no schema, such as the comment on a schema, follows its object.
    if (schema === null) return included.length === 0 || object.parent !== null;
    return (
      (included.length === 0 || included.some(({ name }) => name.test(schema))) &&
      !excluded.some(({ name }) => name.test(schema))
    );
  };
}

/** Kinds that patterns for tables select. */
export const RELATIONS: ReadonlySet<string> = new Set([
  "table",
  "foreign-table",
  "view",
  "materialized-view",
  "sequence",
]);

function relationMatcher(
  manifest: Manifest,
  patterns: TablePatterns,
): (object: Pick<ManifestObject, "kind" | "namespace" | "name">) => boolean {
  const isNamed = tableTest(manifest, patterns);
  return (object) => RELATIONS.has(object.kind) && isNamed(object);
}
