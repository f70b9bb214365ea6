/**
 * The schema of a manifest of format 2, from which the types come (manifest.ts). An archive is untrusted input: every
 * number and text is bounded here. check-manifest.ts checks what a schema cannot express. Only readers load this module,
 * because loading zod takes as long as starting Node. docs/archive-format.md documents each field.
 */
import { z } from "zod";
import { MAX_ENTRIES, MAX_PART_BYTES } from "../../limits.ts";
import { objectSchema } from "./object-schema.ts";
import { roleSchema } from "./role-schema.ts";
import { code, count, decimal, lsn, name, sha256, text } from "./scalar-schemas.ts";
import { statisticsSchema } from "./statistics-schema.ts";
import { typeSchema } from "./type-schema.ts";

/** One tar entry as stored; `offset` and `length` are those of its compressed member, tar header included. */
const entrySchema = z.strictObject({
  name: z.string().min(1).max(100),
  offset: count,
  length: count,
  /** Bytes of the entry's contents, uncompressed. */
  size: count.max(MAX_PART_BYTES),
  /** SHA-256 of the member as stored, so that checksums cover every byte of the file. */
  sha256,
});

/** Some rows of one relation as COPY text; `sha256` is of the contents. */
const partSchema = z.strictObject({
  /** Index into `entries`: of the base's manifest when `inBase` is true, else of this one. */
  entry: count.max(MAX_ENTRIES),
  /** Whether the rows are stored in the archive that `base` identifies. Only differential archives have such parts. */
  inBase: z.boolean(),
  rows: count,
  bytes: count.max(MAX_PART_BYTES),
  sha256,
});

/**
 * Ranges of a table's heap blocks, each with an identity of its row versions, so that a later dump can tell which ranges
 * hold the same rows. The relation's parts are in unit order.
 */
const unitsSchema = z.strictObject({
  /** How identities are computed: `tid-hash-xmin-seed`. A dump that does not know the scheme reads the table. */
  scheme: code,
  /** Seed of the hash, decimal. */
  seed: decimal,
  /** Heap blocks in a unit. The last unit has no upper end. */
  blocks: count.min(1),
  /** Oid of the table, by which a later dump looks it up: names change. */
  oid: count,
  /** `pg_relation_filenode()` of the table. */
  filenode: count,
  /**
   * SHA-256 over everything else that the text of a row depends on: the table's columns, types, missing values, enum
   * labels, extension versions, settings.
   */
  fingerprint: sha256,
  units: z
    .array(
      z.strictObject({
        rows: count,
        /** Sum of the hashes of the row versions, decimal. */
        identity: decimal,
        /** Number of the relation's parts that belong to this unit. */
        parts: count.max(MAX_ENTRIES),
      }),
    )
    .max(MAX_ENTRIES),
});

/** Of a relation or a sequence that is unlogged; absent for others. */
const unlogged = z.boolean().optional();

const relationSchema = z.strictObject({
  /** The `<number>` of `data/<number>/`. */
  number: count.max(MAX_ENTRIES),
  kind: z.enum(["table", "large-objects"]),
  namespace: name,
  name,
  /** In COPY order, without generated columns. */
  columns: z.array(name).max(1664),
  /** Generated columns, in table order: the server computes their values. */
  generated: z.array(name).max(1664),
  rows: count,
  bytes: count,
  /** In row order. */
  parts: z.array(partSchema).max(MAX_ENTRIES),
  /** The condition that selected rows; null when there was none. */
  where: text.nullable(),
  /** A description of the sample that was taken; null when none was. */
  sample: text.nullable(),
  /** Columns whose values were replaced. */
  masked: z.array(name).max(1664),
  /** `id` of the object that creates the relation; null in a dump without schema. */
  object: count.nullable(),
  /** The primary key's columns in key order; empty when there is no primary key. */
  primaryKey: z.array(name).max(32),
  /**
   * The partitioned table through which the rows must be loaded, because another server may route them to another
   * partition; null when they can be loaded into the relation itself.
   */
  loadThrough: z.strictObject({ namespace: name, name }).nullable(),
  /** Null when a later dump cannot reuse the parts. */
  units: unitsSchema.nullable(),
  unlogged,
  /** The types of `columns`, as indexes into the manifest's `types`; absent in an archive without these. */
  types: z.array(count.max(MAX_ENTRIES)).max(1664).optional(),
});

/** Something that people should know and scripts can act on. */
const warningSchema = z.strictObject({
  /** Stable: `manual-extension-member`. */
  code,
  /** The object concerned, as messages label it: `table public.users`; null when it concerns the whole archive. */
  object: text.nullable(),
  message: text,
});

/** The server that was read, by which a later dump can tell that the same row version still means the same row. */
const serverSchema = z.strictObject({
  /** From `pg_control_system()`; null when the role may not call it. */
  systemIdentifier: decimal.nullable(),
  databaseOid: count,
  /** Null when the server does not tell. */
  timeline: count.nullable(),
  /** `pg_postmaster_start_time()`, ISO 8601 in UTC with microseconds. */
  startedAt: z.iso.datetime({ precision: 6 }),
  /**
   * `stats_reset` of `pg_stat_bgwriter`, in the same form: a crash sets it anew, even one after which the server process
   * that `startedAt` is about goes on. Null when the server does not tell.
   */
  statisticsSince: z.iso.datetime({ precision: 6 }).nullable(),
  /** The snapshot, as `pg_snapshot` prints it: `xmin:xmax:xip,…`. */
  snapshot: z
    .string()
    .max(1024 * 1024)
    .regex(/^\d{1,20}:\d{1,20}:(?:\d{1,20}(?:,\d{1,20})*)?$/),
  /** Where the next WAL record was to be inserted after the snapshot was taken; null on a standby. */
  walInsertedTo: lsn.nullable(),
  /**
   * How far the WAL was known to be flushed when the archive was completed; null on a standby. When it is below
   * `walInsertedTo`, a crash could undo transactions that the snapshot saw, and give their ids to others.
   */
  walFlushedTo: lsn.nullable(),
});

/** The full archive that a differential one refers to. */
const baseSchema = z.strictObject({
  /** The digest in the base's trailer: SHA-256 from its manifest's member up to the trailer. */
  sha256,
  /** Size of the base in bytes, without encryption. */
  size: count,
  createdAt: z.iso.datetime().nullable(),
  /** Its file name when the differential archive was made. A hint for people, never used as a path. */
  fileName: z.string().max(255).nullable(),
});

/** Over the canonical manifest with `signature` null. */
const signatureSchema = z.strictObject({
  /** `ed25519`; an archive of another scheme cannot be checked by this version. */
  scheme: code,
  /** The first 8 bytes of the SHA-256 of the raw public key. */
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  value: z
    .string()
    .regex(/^(?:[0-9a-f]{2})+$/)
    .max(16 * 1024),
});

const sequenceSchema = z.strictObject({
  namespace: name,
  name,
  lastValue: z.string().regex(/^-?\d{1,19}$/),
  isCalled: z.boolean(),
  object: count.nullable(),
  unlogged,
});

/** Properties of the dumped database. A reproducible archive has only the encoding; everything else is null. */
const databaseSchema = z.strictObject({
  name: name.nullable(),
  encoding: name,
  collate: z.string().max(256).nullable(),
  ctype: z.string().max(256).nullable(),
  localeProvider: z.enum(["libc", "icu", "builtin"]).nullable(),
  /** The locale of the `icu` or `builtin` provider. */
  locale: z.string().max(256).nullable(),
  icuRules: z
    .string()
    .max(64 * 1024)
    .nullable(),
  /** `datcollversion`: sort orders of another version may differ. */
  collationVersion: z.string().max(256).nullable(),
  /** `server_version`, as in `16.14`. */
  serverVersion: z.string().max(128).nullable(),
  /** `server_version_num`. */
  serverVersionNum: count.nullable(),
});

const optionsSchema = z.strictObject({
  compression: z.string().regex(/^(none|gzip:[1-9]|zstd:\d{1,2})$/),
  reproducible: z.boolean(),
  /** Sections that were dumped. */
  sections: z.array(z.enum(["pre-data", "data", "post-data"])).min(1),
  schemaOnly: z.boolean(),
  dataOnly: z.boolean(),
  /** Whether object owners and privileges were recorded. */
  owner: z.boolean(),
  privileges: z.boolean(),
  /** The patterns that selected objects; empty when the whole database was dumped. */
  selection: z.array(
    z.strictObject({
      /** The option of the command line, without its dashes: `table`, `exclude-schema`. */
      option: code,
      pattern: text,
    }),
  ),
});

/** Identifies the key of an application's encrypted columns without storing it. */
const keySchema = z.strictObject({
  /** Names the derivation. */
  scheme: z.string().max(64),
  salt: z.string().regex(/^[0-9a-f]{2,128}$/),
  fingerprint: z.string().regex(/^[0-9a-f]{2,128}$/),
  /** Over the canonical manifest with this field and `signature` null. */
  mac: z
    .string()
    .regex(/^[0-9a-f]{2,128}$/)
    .nullable(),
});

export const manifestSchema = z.strictObject({
  format: z.literal(2),
  tool: z.strictObject({ name: z.literal("nexushub-dump"), version: z.string().max(64) }),
  /** When the snapshot was taken, ISO 8601 in UTC; null in a reproducible archive. */
  createdAt: z.iso.datetime().nullable(),
  /** A fixture holds invented or masked rows and must not replace a database in use. */
  purpose: z.enum(["backup", "fixture"]),
  /** Whether objects, rows or values of the database are missing or were replaced. */
  partial: z.boolean(),
  database: databaseSchema,
  /** Null in a reproducible archive, and when the server does not tell enough. */
  server: serverSchema.nullable(),
  /** Null unless the archive is differential. */
  base: baseSchema.nullable(),
  options: optionsSchema,
  /** Roles that the statements name, besides PUBLIC. */
  roles: z.array(name),
  /** Those of the roles, and what they are members of; only in an archive for which they were asked for. */
  roleDefinitions: z.array(roleSchema).max(MAX_ENTRIES).optional(),
  /** In creation order. */
  objects: z.array(objectSchema).max(MAX_ENTRIES),
  relations: z.array(relationSchema).max(MAX_ENTRIES),
  /** The types of the relations' columns, and those of which they consist; absent where there are none. */
  types: z.array(typeSchema).max(MAX_ENTRIES).optional(),
  sequences: z.array(sequenceSchema).max(MAX_ENTRIES),
  /** Planner statistics of relations, for a restore that then need not ANALYZE; absent where there are none. */
  statistics: z.array(statisticsSchema).max(MAX_ENTRIES).optional(),
  warnings: z.array(warningSchema),
  key: keySchema.nullable(),
  signature: signatureSchema.nullable(),
  /** Every entry before the manifest, in file order, without gaps. */
  entries: z.array(entrySchema).max(MAX_ENTRIES),
});
