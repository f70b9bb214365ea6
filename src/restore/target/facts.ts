/**
 * Everything a restore knows of its target before it changes anything, as plain data. The decisions (`decide/`) see the
 * target through these types alone. Types only.
 */
import type { RoleAttribute } from "../../archive/format/role-attributes.ts";
import type { RoleDefinitionRow } from "../../catalog/role-definition.ts";
import type { ServerVersion } from "../../catalog/version.ts";

export interface TargetFacts {
  /** `database "shop" on db.example:5432 as alice`, for messages. */
  readonly label: string;
  readonly version: ServerVersion;
  readonly session: SessionFacts;
  /** Whether values can be compressed with lz4; true where the archive does not need it. */
  readonly hasLz4: boolean;
  /** Roles that the archive names and the target lacks. */
  readonly missingRoles: readonly string[];
  /** Null when the restore makes no roles. */
  readonly roles: TargetRoles | null;
  /** Extensions that the archive names, and that the server neither has nor could create. */
  readonly missingExtensions: readonly string[];
  /** Those of the archive's extensions that the target has. */
  readonly extensions: readonly TargetExtension[];
  /** All user objects of the database; empty when the restore creates none. */
  readonly contents: readonly TargetObject[];
  /** What depends on the objects that the restore replaces, and is not one of them itself. */
  readonly dependents: readonly Dependent[];
  /** Relations of the target that have the names which `NeededFacts` lists. */
  readonly relations: readonly TargetRelation[];
  /** Foreign keys that are enforced, triggers that fire, and tables that hold rows: when rows go into existing tables. */
  readonly foreignKeys: readonly ForeignKey[];
  readonly triggers: readonly TargetTrigger[];
  /** Tables whose policies bind the role although it owns them, as SQL names them. */
  readonly forcedRowSecurity: readonly string[];
  /** As SQL names them. */
  readonly filledTables: readonly string[];
}

export interface TargetExtension {
  readonly name: string;
  /** Schema of its objects. */
  readonly schema: string;
  /** Whether sequences belong to it. */
  readonly hasSequences: boolean;
  /** Tables with rows of the user, and the condition of these rows: `WHERE …`, or nothing for all (pg_extension, extcondition). */
  readonly configuration: readonly (RelationName & { readonly condition: string })[];
}

/** Facts that only some restores need. Everything else is always read. */
export interface NeededFacts {
  readonly lz4: boolean;
  /** Roles to look for. */
  readonly roles: readonly string[];
  /** Roles that are made where they are missing; null for none. */
  readonly roleDefinitions: NeededRoles | null;
  readonly contents: boolean;
  /** Extensions to look for. */
  readonly extensions: readonly string[];
  readonly relations: readonly RelationName[];
  /** Read what matters for rows that go into the existing `relations`. */
  readonly rows: boolean;
  /** Read the triggers of `relations`. */
  readonly triggers: boolean;
  /** The role that reads and writes rows; undefined for the session's. */
  readonly role: string | undefined;
}

/** Roles to look up, by name. */
export interface NeededRoles {
  /** Those that the archive defines. */
  readonly names: readonly string[];
  /** Those that they are members of. */
  readonly groups: readonly string[];
}

/** What matters for making the roles of an archive. */
export interface TargetRoles {
  /** Those that exist. */
  readonly existing: readonly RoleDefinitionRow[];
  /** Of the roles that they are members of, those that exist, and whether the role of the restore may grant them. */
  readonly groups: ReadonlyMap<string, boolean>;
  /** Attributes of the role of the restore. */
  readonly attributes: readonly RoleAttribute[];
}

export interface RelationName {
  readonly namespace: string;
  readonly name: string;
}

/** The session and its server. Memory in kilobytes. */
export interface SessionFacts {
  readonly isSuperuser: boolean;
  /** The role that the session has taken on; `none` when it has not. */
  readonly role: string;
  /** COPY FREEZE requires that no older snapshot is held: not under REPEATABLE READ. */
  readonly isReadCommitted: boolean;
  readonly isReadOnly: boolean;
  readonly inRecovery: boolean;
  /** The database's encoding. */
  readonly encoding: string;
  readonly sharedBuffersKb: number;
  readonly maintenanceWorkMemKb: number;
  readonly maxParallelMaintenanceWorkers: number;
  readonly maxParallelWorkers: number;
  /** Whether the server analyzes tables by itself soon after rows were loaded. */
  readonly hasAutovacuum: boolean;
  /** Of the server's machine; null when it is not known to be this one. */
  readonly processors: number | null;
  /** Locks on objects for which the server has room (PostgreSQL docs, max_locks_per_transaction), and their owners. */
  readonly lockCapacity: number;
  readonly lockHolders: number;
}

export interface TargetObject {
  /** As `pg_identify_object()` calls it: `table`, `text search parser`, `foreign-data wrapper`. */
  readonly type: string;
  /** Null for what lives in no schema. */
  readonly namespace: string | null;
  /** SQL text that names the object behind its DROP command. */
  readonly identity: string;
  /** The slot of a subscription, which exists outside the transaction; null for all else. */
  readonly slot: string | null;
  /** The oids of its catalog and of itself. */
  readonly class: number;
  readonly oid: number;
  /** As a manifest names it: `users`, `area(integer, integer)`. */
  readonly name: string;
  /** The oid of the relation that a partition or a column's sequence belongs to; null for all else. */
  readonly holder: number | null;
  /** The owning role's name; null where only a superuser owns such objects. */
  readonly owner: string | null;
  /** Whether the role of the restore itself is the owner. */
  readonly isOwn: boolean;
  /** Whether the role of the restore may drop it: as its owner, as a member of that role, as a superuser. */
  readonly mayDrop: boolean;
}

/** Something that would be dropped together with an object, or lose a part: `view reports.totals`. */
export interface Dependent {
  readonly label: string;
  /** The object that it depends on. */
  readonly onClass: number;
  readonly onOid: number;
}

export interface TargetRelation extends RelationName {
  readonly oid: number;
  /** `relkind`. */
  readonly kind: string;
}

export interface ForeignKey {
  readonly oid: number;
  readonly name: string;
  /** The referring table, as SQL names it. */
  readonly table: string;
  readonly tableOid: number;
  /** The referenced table, as SQL names it. */
  readonly references: string;
  /** The referenced table and, when that is partitioned, all its partitions. */
  readonly referenced: readonly number[];
  /** The foreign key of the partitioned table that this one follows; 0 when there is none. */
  readonly parent: number;
  readonly deferrable: boolean;
}

/** A user's trigger, and when it fires. */
export interface TargetTrigger {
  readonly name: string;
  readonly table: string;
  /** `tgenabled`: O origin, A always, R replica. */
  readonly enabled: "O" | "A" | "R";
}
