/** Summary of an archive for people and scripts, from its manifest alone. Pure. */
import type {
  Manifest,
  ManifestPart,
  ManifestRelation,
  ManifestWarning,
} from "./format/manifest.ts";
import { isOwnership, OWNER_KINDS } from "./format/ownership.ts";
import type { RoleAttribute } from "./format/role-attributes.ts";

/** One table of an archive, or its large objects. */
export interface RelationContents {
  readonly kind: "table" | "large-objects";
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** Bytes of COPY text. */
  readonly bytes: number;
  /** Compressed bytes in this archive; parts that a base holds are not counted. */
  readonly storedBytes: number;
  readonly parts: number;
  /** Whether only selected rows are here. */
  readonly partial: boolean;
  /** Columns whose values were replaced. */
  readonly masked: readonly string[];
}

/** What an archive records of a role. */
export interface RoleContents {
  readonly name: string;
  /** Objects that it owns. */
  readonly owned: number;
  /** Objects whose recorded privileges name it. */
  readonly privileges: number;
}

/** A role that an archive defines. */
export interface RoleDefinitionContents {
  readonly name: string;
  /** In the words of CREATE ROLE, lower-case: `login`. */
  readonly attributes: readonly RoleAttribute[];
  /** Names of the roles that it is a member of. */
  readonly memberOf: readonly string[];
  /** Whether its hashed password is in the archive. */
  readonly hasPassword: boolean;
}

/** What an archive holds, from its manifest alone. */
export interface ArchiveContents {
  readonly format: number;
  readonly tool: string;
  readonly createdAt: string | null;
  /** A fixture must not replace a database in use. */
  readonly purpose: Manifest["purpose"];
  /** Whether objects, rows or values of the database are missing or were replaced. */
  readonly partial: boolean;
  /** Whether the owners of objects are in the archive, and whether privileges are. */
  readonly owner: boolean;
  readonly privileges: boolean;
  /** Roles that own objects or have privileges, by name: what they lose in a restore without these. */
  readonly roles: readonly RoleContents[];
  /** Roles that a restore can make, by name; empty for an archive that defines none. */
  readonly roleDefinitions: readonly RoleDefinitionContents[];
  /** The options that selected objects; empty when the whole database was dumped. */
  readonly selection: Manifest["options"]["selection"];
  /** The full archive that a differential one needs; null for a full archive. */
  readonly base: Manifest["base"];
  /** Of `rows`, those that the base holds. */
  readonly baseRows: number;
  readonly database: Manifest["database"];
  readonly compression: string;
  /** Size of the whole file; undefined when unknown. */
  readonly archiveBytes: number | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly storedBytes: number;
  /** COPY text divided by `storedBytes`, of the parts that are stored here; null when there are none. */
  readonly ratio: number | null;
  /** Number of objects of each kind, the largest first, ties by name. */
  readonly objects: readonly { readonly kind: string; readonly count: number }[];
  /** In the order of the manifest. */
  readonly relations: readonly RelationContents[];
  readonly sequences: number;
  /** Tables, materialized views and indexes of which the planner's statistics are in the archive. */
  readonly statistics: number;
  readonly warnings: readonly ManifestWarning[];
  /** Whether the archive identifies the key of its encrypted columns. */
  readonly hasKey: boolean;
}

/** @param archiveBytes the size of the file, if known. */
export function archiveContents(manifest: Manifest, archiveBytes?: number): ArchiveContents {
  const relations = manifest.relations.map((relation) => ({
    kind: relation.kind,
    namespace: relation.namespace,
    name: relation.name,
    rows: relation.rows,
    bytes: relation.bytes,
    storedBytes: sum(ownParts(relation).map(({ entry }) => manifest.entries[entry]?.length ?? 0)),
    parts: relation.parts.length,
    partial: relation.where !== null || relation.sample !== null,
    masked: relation.masked,
  }));
  const storedBytes = sum(relations.map((relation) => relation.storedBytes));
  const ownBytes = sum(manifest.relations.flatMap(ownParts).map((part) => part.bytes));
  return {
    format: manifest.format,
    tool: `${manifest.tool.name} ${manifest.tool.version}`,
    createdAt: manifest.createdAt,
    purpose: manifest.purpose,
    partial: manifest.partial,
    owner: manifest.options.owner,
    privileges: manifest.options.privileges,
    roles: roleContents(manifest),
    roleDefinitions: roleDefinitionContents(manifest),
    selection: manifest.options.selection,
    base: manifest.base,
    baseRows: sum(
      manifest.relations.flatMap(({ parts }) =>
        parts.map(({ inBase, rows }) => (inBase ? rows : 0)),
      ),
    ),
    database: manifest.database,
    compression: manifest.options.compression,
    archiveBytes,
    rows: sum(relations.map((relation) => relation.rows)),
    bytes: sum(relations.map((relation) => relation.bytes)),
    storedBytes,
    ratio: storedBytes === 0 ? null : ownBytes / storedBytes,
    objects: countKinds(manifest.objects.map(({ kind }) => kind)),
    relations,
    sequences: manifest.sequences.length,
    statistics: manifest.statistics?.length ?? 0,
    warnings: manifest.warnings,
    hasKey: manifest.key !== null,
  };
}

/** Empty for an archive that does not record the roles of each object. */
function roleContents({ objects }: Pick<Manifest, "objects">): RoleContents[] {
  const counts = new Map<string, { name: string; owned: number; privileges: number }>();
  for (const { kind, roles } of objects) {
    if (!isOwnership({ kind })) continue;
    for (const name of roles) {
      const count = counts.get(name) ?? { name, owned: 0, privileges: 0 };
      if (OWNER_KINDS.has(kind)) count.owned++;
      else count.privileges++;
      counts.set(name, count);
    }
  }
  return [...counts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function roleDefinitionContents({
  roleDefinitions = [],
}: Pick<Manifest, "roleDefinitions">): RoleDefinitionContents[] {
  return roleDefinitions.map(({ name, attributes, memberOf, password }) => ({
    name,
    attributes,
    memberOf: [...new Set(memberOf.map(({ role }) => role))],
    hasPassword: password !== null,
  }));
}

/** The parts that are stored in this archive. */
function ownParts({ parts }: ManifestRelation): ManifestPart[] {
  return parts.filter(({ inBase }) => !inBase);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function countKinds(kinds: readonly string[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
}
