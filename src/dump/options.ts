/** The options and the result of a dump. Each default is stated here and filled in by defaults.ts. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import type { SignKey } from "../archive/signing/ed25519-key.ts";
import type { Warning } from "../warnings.ts";
import type { SealManifest } from "../archive/writer.ts";
import type { SelectOptions } from "../plan/select-options.ts";
import type { OnProgress } from "../events.ts";
import type { FullReadReason } from "./reuse/full-read-reason.ts";

/** A section of a dump, as pg_dump names them. */
export type DumpSection = "pre-data" | "data" | "post-data";

/** Options of `dump`; the selection is pg_dump's, pattern by pattern. */
export interface DumpOptions extends SelectOptions {
  /** Dump objects without rows and sequence positions. Default: false. */
  readonly schemaOnly?: boolean | undefined;
  /** Dump rows and sequence positions without objects. Default: false. */
  readonly dataOnly?: boolean | undefined;
  /**
   * Dump only these sections: `pre-data` (tables, types, functions), `data`, `post-data` (indexes,
   * constraints, triggers). Excludes `schemaOnly` and `dataOnly`. Default: all three.
   */
  readonly sections?: readonly DumpSection[] | undefined;
  /**
   * What the archive is for. A `fixture` holds invented or masked rows, and a restore does not put it in place of a
   * database in use. Default: `fixture` for reproducible dumps, else `backup`.
   */
  readonly purpose?: "backup" | "fixture" | undefined;
  /** Conditions that select rows, by name pattern of the relation: `{ audit_log: "occurred_at > now() - interval '1 day'" }`. */
  readonly where?: Readonly<Record<string, string>> | undefined;
  /**
   * Replacements for values, by `table.column` or `schema.table.column`: an SQL expression, or the name of a mask:
   * `{ "users.email": "@email", "users.note": "left(note, 3)" }`. A mask that breaks a constraint stops the dump.
   */
  readonly mask?: Readonly<Record<string, string>> | undefined;
  /**
   * A function that returns more masks and may read rows of the same snapshot for them. For values that only the client
   * can compute, such as ciphertexts.
   */
  readonly masksFrom?:
    | ((query: <Row>(sql: string) => Promise<Row[]>) => Promise<Readonly<Record<string, string>>>)
    | undefined;
  /**
   * The key of named masks: the same key gives the same pseudonyms. Default: a random key for each dump, and for
   * reproducible dumps a fixed one, with which anybody can compute the pseudonyms of known values.
   */
  readonly maskKey?: string | undefined;
  /**
   * Dump a sample of the rows, by name pattern of the relation, and all rows that foreign keys need for it:
   * `newest 1000`, `newest 1000 by created_at`, `oldest 10`, `5%`, `where …`. The manifest records how many were left
   * out.
   */
  readonly sample?: Readonly<Record<string, string>> | undefined;
  /** Take on this role (SET ROLE) on every connection. Default: the login. */
  readonly role?: string | undefined;
  /** Read a snapshot that another session exported with `pg_export_snapshot()`. Default: a new one. */
  readonly snapshot?: string | undefined;
  /**
   * Dump only the rows that row security lets the role see, with a warning for each table that it concerns, instead of
   * failing there. Not with `units` and `reuse`. Default: false.
   */
  readonly enableRowSecurity?: boolean | undefined;
  /** Number of connections that read at the same time. Default: depends on the size of the data and the CPU cores. */
  readonly jobs?: number | undefined;
  /** Record the owner of each object; a restore sets them only where it is asked to. Default: true, but for a fixture. */
  readonly owner?: boolean | undefined;
  /** Record GRANT and REVOKE; a restore runs them only where it is asked to. Default: true, but for a fixture. */
  readonly privileges?: boolean | undefined;
  /**
   * Record the roles that the statements name, and those that they are members of: attributes, memberships, settings, comments.
   * `restore` makes those that are missing on request. Not with `dataOnly`. Default: false.
   */
  readonly roles?: boolean | undefined;
  /** Record the hashed passwords of these roles, too, which takes SELECT on pg_authid. Implies `roles`. Default: false. */
  readonly rolePasswords?: boolean | undefined;
  /**
   * Record the planner's statistics of tables, materialized views and indexes, which hold values of their rows: a restore into
   * PostgreSQL 18 and later then need not ANALYZE. Only of tables whose rows are all dumped as they are. Not with `schemaOnly`,
   * `dataOnly`, `sections` and `reproducible`. Default: true for backups of PostgreSQL 18 and later, else false.
   */
  readonly statistics?: boolean | undefined;
  /** `none`, `gzip:1` to `gzip:9`, or `zstd:1` to `zstd:19` with Node 22.15 and later. Default: `gzip:4`. */
  readonly compression?: string | undefined;
  /**
   * Make the same contents give the same bytes: sort rows, and record no time, no facts about the server, and no names
   * of NOT NULL constraints that partitions inherit, which servers before 18 do not have. Default: false.
   */
  readonly reproducible?: boolean | undefined;
  /** Bytes of COPY text in a part of a relation. Default: 2 MiB. */
  readonly partBytes?: number | undefined;
  /**
   * Record which row versions the parts hold, so that a later dump can reuse those that did not change. Default: false,
   * or true with `reuse` and `base`.
   */
  readonly units?: boolean | undefined;
  /** Heap blocks in a unit of every table, however small. Default: about 4 MiB, and none for tables below 1 MiB. */
  readonly unitBlocks?: number | undefined;
  /**
   * An earlier archive of the same database: rows that did not change since are copied from it as they are stored. What
   * cannot be compared is read from the server; the result says why. Default: none.
   */
  readonly reuse?: ArchiveOrigin | undefined;
  /**
   * Makes the archive differential: a full archive of the same database, made with `units`, in which rows that did not
   * change since are left. The new archive refers to it by its digest and is of no use without it. The rows are compared
   * as with `reuse`, which this excludes; when nothing can be left in it, the new archive is a full one. Default: none.
   */
  readonly base?: ArchiveOrigin | undefined;
  /** Leave out objects that cannot be dumped, with a warning for each, instead of failing. Default: false. */
  readonly skipUnsupported?: boolean | undefined;
  /** How long to wait for the locks on tables, in milliseconds. Default: 60 000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Leave out tablespaces. Default: false. */
  readonly noTablespaces?: boolean | undefined;
  /** Leave out table access methods. Default: false. */
  readonly noTableAccessMethod?: boolean | undefined;
  /** Leave out the compression methods of columns, for servers without lz4. Default: false. */
  readonly noToastCompression?: boolean | undefined;
  /** Dump the options of user mappings and the passwords in connection strings of subscriptions. Default: false. */
  readonly userMappingSecrets?: boolean | undefined;
  /** Dump the properties of the database itself: comment, owner, privileges, settings. Default: false. */
  readonly databaseProperties?: boolean | undefined;
  /**
   * Record that the rows of partitions are to be loaded through the topmost partitioned table, for a target that may
   * route them to another partition: with another collation or processor. Rows whose partition depends on oids are
   * loaded so anyway. Default: false.
   */
  readonly loadViaPartitionRoot?: boolean | undefined;
  /** Dump a server newer than the newest tested one. Default: false. */
  readonly allowNewerServer?: boolean | undefined;
  /** Sets the manifest's `key` before it is written: a fingerprint, and a MAC over everything else. Default: no key. */
  readonly seal?: SealManifest | undefined;
  /** Signs the archive; from `readSignKey`. Default: no signature. */
  readonly signKey?: SignKey | undefined;
  /** Stops the dump: the running statements are cancelled, and no archive appears. */
  readonly signal?: AbortSignal | undefined;
  /** Receives progress events. */
  readonly onProgress?: OnProgress | undefined;
}

/** The rows of one relation. */
export interface DumpedRelation {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** Bytes of COPY text. */
  readonly bytes: number;
  readonly parts: number;
  /** Of `rows`, those that were copied from the earlier archive, or left in the base. */
  readonly reusedRows: number;
  /** Of `bytes`, those that were copied from the earlier archive, or left in the base. */
  readonly reusedBytes: number;
  /** With `reuse` or `base`, why all rows were read from the server; null when the units were compared. */
  readonly readWhole: FullReadReason | null;
}

/** What a dump reused of an earlier archive: copied from it, or left in it as the base. */
export interface DumpReuse {
  /** When the earlier archive was made; null when it does not say. */
  readonly createdAt: string | null;
  /** Why nothing of the earlier archive could be used; null when tables were compared. */
  readonly refused: FullReadReason | null;
  readonly readRows: number;
  /** Bytes of COPY text that were read from the server. */
  readonly readBytes: number;
  readonly reusedRows: number;
  /** Bytes of COPY text that were copied from the earlier archive, or left in the base. */
  readonly reusedBytes: number;
}

/** The result of a dump. */
export interface DumpResult {
  /** The archive's path; null when it was written to a stream or a store. */
  readonly path: string | null;
  /** Size of the archive in bytes. */
  readonly archiveBytes: number;
  /** The digest by which a differential archive refers to it. */
  readonly sha256: string;
  readonly objects: number;
  readonly relations: readonly DumpedRelation[];
  readonly rows: number;
  /** Bytes of COPY text of all relations. */
  readonly bytes: number;
  readonly sequences: number;
  /** Null without `reuse` and `base`. */
  readonly reuse: DumpReuse | null;
  /** The full archive that the new one needs; null when the new one is full. */
  readonly base: Manifest["base"];
  readonly warnings: readonly Warning[];
  /** Number of connections that read. */
  readonly jobs: number;
  readonly elapsedMs: number;
}
