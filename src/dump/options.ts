/** What a dump can be told, and what it gives back. Each default is stated here and filled in by `settings.ts`. */
import type { SignKey } from "../archive/signing/ed25519-key.ts";
import type { Warning } from "../warnings.ts";
import type { SealManifest } from "../archive/writer.ts";
import type { SelectOptions } from "../plan/select.ts";
import type { OnProgress } from "../events.ts";

/** A part of a dump, by what it needs to be there before. */
export type DumpSection = "pre-data" | "data" | "post-data";

/** Options of `dump`; the selection is pg_dump's, pattern by pattern. */
export interface DumpOptions extends SelectOptions {
  /** Objects without rows and sequence positions. Default: false. */
  readonly schemaOnly?: boolean | undefined;
  /** Rows and sequence positions without objects. Default: false. */
  readonly dataOnly?: boolean | undefined;
  /**
   * Only these sections, as pg_dump parts a dump: `pre-data` (tables, types, functions), `data`, `post-data` (indexes,
   * constraints, triggers). Excludes `schemaOnly` and `dataOnly`. Default: all three.
   */
  readonly sections?: readonly DumpSection[] | undefined;
  /**
   * What the archive is for. A `fixture` holds invented or masked rows, and a restore does not put it in place of a
   * database in use. Default: `fixture` for reproducible dumps, else `backup`.
   */
  readonly purpose?: "backup" | "fixture" | undefined;
  /** Conditions that choose the rows of relations, by name pattern: `{ audit_log: "occurred_at > now() - interval '1 day'" }`. */
  readonly where?: Readonly<Record<string, string>> | undefined;
  /**
   * What replaces values, by `table.column` or `schema.table.column`: an SQL expression, or the name of a mask:
   * `{ "users.email": "@email", "users.note": "left(note, 3)" }`. A mask that breaks a constraint stops the dump.
   */
  readonly mask?: Readonly<Record<string, string>> | undefined;
  /**
   * Further masks, worked out from rows of the same snapshot by a function that is given read-only queries. For values
   * that only the client can make, such as ciphertexts.
   */
  readonly masksFrom?:
    | ((query: <Row>(sql: string) => Promise<Row[]>) => Promise<Readonly<Record<string, string>>>)
    | undefined;
  /**
   * What named masks are keyed with: the same key gives the same pseudonyms. Default: a random one for each dump, and
   * for reproducible dumps a fixed one, whose pseudonyms of known values anybody can work out.
   */
  readonly maskKey?: string | undefined;
  /**
   * Only some rows of relations, by name pattern, and with them all that foreign keys need: `newest 1000`,
   * `newest 1000 by created_at`, `oldest 10`, `5%`, `where …`. The manifest says how many were left out.
   */
  readonly sample?: Readonly<Record<string, string>> | undefined;
  /** Connections that read at the same time. Default: from the size of the data and the cores of this machine. */
  readonly jobs?: number | undefined;
  /** Record who owns each object. Default: false. */
  readonly owner?: boolean | undefined;
  /** Record GRANT and REVOKE. Default: false. */
  readonly privileges?: boolean | undefined;
  /** `none`, `gzip:1` to `gzip:9`, or `zstd:1` to `zstd:22` where Node has it. Default: the writer's. */
  readonly compression?: string | undefined;
  /**
   * The same contents give the same bytes: rows sorted, no clock, no facts of the server, and no names of NOT NULL
   * constraints that partitions have from their parent, as servers before 18 have none. Default: false.
   */
  readonly reproducible?: boolean | undefined;
  /** Bytes of COPY text in a part. Default: 2 MiB. */
  readonly partBytes?: number | undefined;
  /** Leave out what cannot be carried, with a warning, instead of failing. Default: false. */
  readonly skipUnsupported?: boolean | undefined;
  /** How long to wait for the lock on a table that somebody changes, in milliseconds. Default: 60 000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Leave out tablespaces. Default: false. */
  readonly noTablespaces?: boolean | undefined;
  /** Leave out table access methods. Default: false. */
  readonly noTableAccessMethod?: boolean | undefined;
  /** Carry the options of user mappings and the passwords in connection strings of subscriptions. Default: false. */
  readonly userMappingSecrets?: boolean | undefined;
  /** Carry what belongs to the database itself: comment, owner, privileges, settings. Default: false. */
  readonly databaseProperties?: boolean | undefined;
  /** Dump a server newer than the newest tested one. Default: false. */
  readonly allowNewerServer?: boolean | undefined;
  /** Completes the manifest's `key` before it is written: a fingerprint, and a MAC over all the rest. Default: no key. */
  readonly seal?: SealManifest | undefined;
  /** Signs the archive; from `readSignKey`. Default: no signature. */
  readonly signKey?: SignKey | undefined;
  /** Stops the dump: the server is told to cancel, and no archive appears. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events while the dump works. */
  readonly onProgress?: OnProgress | undefined;
}

/** What became of one relation's rows. */
export interface DumpedRelation {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** COPY text, uncompressed. */
  readonly bytes: number;
  readonly parts: number;
}

export interface DumpResult {
  /** The archive's path; null when it went to a stream. */
  readonly path: string | null;
  /** Size of the archive in bytes. */
  readonly archiveBytes: number;
  readonly objects: number;
  readonly relations: readonly DumpedRelation[];
  readonly rows: number;
  /** COPY text of all relations, uncompressed. */
  readonly bytes: number;
  readonly sequences: number;
  readonly warnings: readonly Warning[];
  /** Connections that read. */
  readonly jobs: number;
  readonly elapsedMs: number;
}
