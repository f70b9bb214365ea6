/** Builds the manifest, except for its entries, from the plan and what was copied. Pure. */
import type { Warning, WarningCode } from "../warnings.ts";
import type {
  Manifest,
  ManifestHead,
  ManifestRelation,
  ManifestRole,
  ManifestStatistics,
  ManifestUnits,
} from "../archive/format/manifest.ts";
import { FORMAT_VERSION } from "../archive/format/version.ts";
import type { Catalog } from "../catalog/read.ts";
import { LARGE_OBJECT_COLUMNS } from "../sql/large-object-rows.ts";
import type { Plan } from "../plan/plan.ts";
import type { CopiedRelation } from "./copy-relation.ts";
import type { DumpSettings } from "./defaults.ts";
import type { TablePlan } from "./reuse/plan-units.ts";
import type { ReusePlan } from "./reuse/reuse-plan.ts";
import { UNIT_SCHEME, UNIT_SEED } from "./reuse/scan-units.ts";
import type { SelectedRelation } from "./rows/selected-relation.ts";
import type { SequencePosition } from "./sequences.ts";
import { dumpedTypes, typeList } from "./type-list.ts";

export interface ManifestInput {
  readonly toolVersion: string;
  readonly settings: DumpSettings;
  readonly catalog: Catalog;
  readonly plan: Plan;
  readonly server: Manifest["server"];
  readonly selected: readonly SelectedRelation[];
  /** In the order of `selected`, then the large objects if they were dumped. */
  readonly copied: readonly CopiedRelation[];
  /** Numbers and units of the relations. */
  readonly reuse: Pick<ReusePlan, "tables" | "numbers" | "earlier">;
  readonly positions: readonly SequencePosition[];
  /** Undefined when roles were not asked for. */
  readonly roleDefinitions?: ManifestRole[] | undefined;
  /** Undefined when there are none. */
  readonly statistics?: ManifestStatistics[] | undefined;
  readonly warnings: readonly Warning[];
}

/** A reproducible archive does not record when and where it was made. */
export function manifestHead(input: ManifestInput): ManifestHead {
  const { toolVersion, settings, catalog, plan, selected, copied, reuse } = input;
  const { reproducible } = settings;
  const list = typeList(dumpedTypes(catalog));
  const relations = [
    ...selected.map((each, index) => ({
      ...tableRelation(reuse.numbers[index]!, each, copied[index]!),
      units: unitsOf(reuse.tables[index]!, copied[index]!),
      types: each.relation.columnTypes.map(list.numberOf),
    })),
    ...(plan.largeObjects ? [largeObjectRelation(reuse.numbers.at(-1)!, copied.at(-1)!)] : []),
  ];
  return {
    format: FORMAT_VERSION,
    tool: { name: "nexushub-dump", version: toolVersion },
    createdAt: reproducible ? null : catalog.database.now,
    purpose: settings.purpose,
    partial: isPartial(input),
    database: databaseFacts(catalog, reproducible),
    server: reproducible ? null : input.server,
    base: baseOf(input),
    options: {
      compression: settings.compression,
      reproducible,
      sections: [...settings.sections],
      schemaOnly: settings.schemaOnly,
      dataOnly: settings.dataOnly,
      owner: settings.owner,
      privileges: settings.privileges,
      selection: [...plan.selection],
    },
    roles: [...plan.roles],
    ...(input.roleDefinitions === undefined ? {} : { roleDefinitions: input.roleDefinitions }),
    objects: [...plan.objects],
    relations,
    ...(selected.length === 0 ? {} : { types: [...list.types] }),
    sequences: plan.sequences.map(({ namespace, name, object, isUnlogged }, i) => ({
      namespace,
      name,
      ...input.positions[i]!,
      object,
      ...unloggedFact(isUnlogged),
    })),
    ...(input.statistics === undefined ? {} : { statistics: input.statistics }),
    warnings: [...input.warnings],
    key: null,
    signature: null,
  };
}

/** Null when no part was left in the base. */
function baseOf({ copied, reuse }: ManifestInput): Manifest["base"] {
  const isUsed = copied.some(({ parts }) => parts.some(({ inBase }) => inBase));
  if (!isUsed || reuse.earlier === null) return null;
  const { sha256, size, manifest, fileName = null } = reuse.earlier.reader;
  return { sha256, size, createdAt: manifest.createdAt, fileName };
}

/** Warnings of what is not in the archive. */
const LOSSES: ReadonlySet<WarningCode> = new Set([
  "unsupported-object",
  "unlogged-on-standby",
  "row-security",
]);

/** Whether objects, rows or values of the database are not in the archive. */
function isPartial({ settings, plan, selected, warnings }: ManifestInput): boolean {
  return (
    settings.sections.length < 3 ||
    plan.selection.length > 0 ||
    selected.some(({ where, masks }) => where !== null || masks.size > 0) ||
    warnings.some(({ code }) => LOSSES.has(code))
  );
}

const LOCALE_PROVIDERS: Readonly<Record<string, Manifest["database"]["localeProvider"]>> = {
  c: "libc",
  i: "icu",
  b: "builtin",
};

function databaseFacts(
  { database, databaseProperties: [properties], version }: Catalog,
  reproducible: boolean,
): Manifest["database"] {
  if (reproducible) {
    return {
      name: null,
      encoding: database.encoding,
      collate: null,
      ctype: null,
      localeProvider: null,
      locale: null,
      icuRules: null,
      collationVersion: null,
      serverVersion: null,
      serverVersionNum: null,
    };
  }
  return {
    name: database.name,
    encoding: database.encoding,
    collate: database.collate,
    ctype: database.ctype,
    localeProvider: LOCALE_PROVIDERS[properties?.localeProvider ?? ""] ?? null,
    locale: properties?.locale ?? null,
    icuRules: properties?.icuRules ?? null,
    collationVersion: properties?.collationVersion ?? null,
    serverVersion: database.serverVersion,
    serverVersionNum: version.num,
  };
}

function tableRelation(
  number: number,
  { relation, where, sample, masks }: SelectedRelation,
  { rows, bytes, parts }: CopiedRelation,
): ManifestRelation {
  return {
    number,
    kind: "table",
    namespace: relation.namespace,
    name: relation.name,
    columns: [...relation.columns],
    generated: [...relation.generatedColumns],
    rows,
    bytes,
    parts: [...parts],
    where: sample === undefined ? where : null,
    sample: sample ?? null,
    masked: [...masks.keys()].sort(),
    object: relation.object,
    primaryKey: [...relation.keyColumns],
    loadThrough: relation.loadThrough === null ? null : { ...relation.loadThrough },
    units: null,
    ...unloggedFact(relation.isUnlogged),
  };
}

function unloggedFact(isUnlogged: boolean): { unlogged?: true } {
  return isUnlogged ? { unlogged: true } : {};
}

/** Empty units at the end are left out: the last one has no upper end. */
function unitsOf({ units }: TablePlan, { units: copied }: CopiedRelation): ManifestUnits | null {
  if (units === null || copied === null) return null;
  const { oid, filenode, fingerprint, blocks } = units;
  const last = copied.findLastIndex(({ rows }) => rows > 0);
  const identity = { scheme: UNIT_SCHEME, seed: UNIT_SEED, blocks, oid, filenode, fingerprint };
  return { ...identity, units: copied.slice(0, last + 1) };
}

/** All large objects are one relation, although each is an object of its own. */
function largeObjectRelation(
  number: number,
  { rows, bytes, parts }: CopiedRelation,
): ManifestRelation {
  return {
    number,
    kind: "large-objects",
    namespace: "pg_catalog",
    name: "pg_largeobject",
    columns: [...LARGE_OBJECT_COLUMNS],
    generated: [],
    rows,
    bytes,
    parts: [...parts],
    where: null,
    sample: null,
    masked: [],
    object: null,
    primaryKey: [],
    loadThrough: null,
    units: null,
  };
}
