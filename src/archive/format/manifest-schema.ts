/**
 * The schema of a manifest of format 2, from which the types come (manifest.ts). An archive is untrusted input, so every
 * number and text is bounded here and nowhere trusted before. Only readers load this: zod takes as long as Node's own
 * start. docs/archive-format.md says what each field means to a reader.
 */
import { z } from "zod";
import { MAX_ENTRIES, MAX_PART_BYTES } from "../../limits.ts";

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(4096);
const text = z.string().max(64 * 1024 * 1024);
const code = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(64);
const decimal = z.string().regex(/^-?\d{1,40}$/);

/** One tar entry as it lies in the file; `offset` and `length` are those of its compressed member, tar header included. */
const entrySchema = z.strictObject({
  name: z.string().min(1).max(100),
  offset: count,
  length: count,
  /** Bytes of the entry's contents, uncompressed. */
  size: count.max(MAX_PART_BYTES),
  /** SHA-256 of the member as stored, so that no byte of the file is unproven. */
  sha256,
});

/** Some rows of one relation as COPY text; `sha256` is of the contents. */
const partSchema = z.strictObject({
  /** Index into `entries`: of this archive, or where `inBase` says so of the base. */
  entry: count.max(MAX_ENTRIES),
  /** Whether the rows lie in the archive that `base` names; true in differential archives alone. */
  inBase: z.boolean(),
  rows: count,
  bytes: count.max(MAX_PART_BYTES),
  sha256,
});

/**
 * Ranges of a table's heap blocks whose row versions have an identity, so that a later dump can tell which hold the
 * same rows. Units follow one another in block order, and so do their parts.
 */
const unitsSchema = z.strictObject({
  /** Heap blocks of a unit. */
  blocks: count.min(1),
  /** `pg_relation_filenode()` of the table. */
  filenode: count,
  /** SHA-256 over all else that the text of a row depends on: columns, types, enum labels, extension versions … */
  fingerprint: sha256,
  units: z
    .array(
      z.strictObject({
        rows: count,
        /** Sum of the hashes of the row versions' addresses and transactions, decimal. */
        identity: decimal,
        /** How many of the relation's parts are of this unit. */
        parts: count.max(MAX_ENTRIES),
      }),
    )
    .max(MAX_ENTRIES),
});

const relationSchema = z.strictObject({
  /** The `<number>` of `data/<number>/`. */
  number: count.max(MAX_ENTRIES),
  kind: z.enum(["table", "large-objects"]),
  namespace: name,
  name,
  /** In COPY order; generated columns are absent. */
  columns: z.array(name).max(1664),
  rows: count,
  bytes: count,
  /** In row order. */
  parts: z.array(partSchema).max(MAX_ENTRIES),
  /** The condition that chose rows, where there was one: the relation is not whole. */
  where: text.nullable(),
  /** Columns whose values were replaced. */
  masked: z.array(name),
  /** `id` of the object that creates the relation; null in a dump without schema. */
  object: count.nullable(),
  /** The primary key's columns in key order; empty without one. */
  primaryKey: z.array(name).max(32),
  /** The partitioned table through which the rows must be loaded, where another server may route them elsewhere. */
  loadThrough: z.strictObject({ namespace: name, name }).nullable(),
  /** Null where nothing is known by which a later dump could reuse the parts. */
  units: unitsSchema.nullable(),
});

/** Something that a statement needs of the server that runs it. */
const featureSchema = z.strictObject({
  /** Stable: `nulls-not-distinct`. */
  code,
  /** The first major that has it; null where it depends on how the server was built. */
  since: count.max(1000).nullable(),
  /** For people: `NULLS NOT DISTINCT`. */
  description: z.string().min(1).max(1024),
  /** What a server without it does: fails, or takes the statement and loses this part of its meaning. */
  without: z.enum(["fails", "loses"]),
});

const objectSchema = z.strictObject({
  id: count,
  kind: z.string().min(1).max(64),
  namespace: name.nullable(),
  name: text,
  section: z.enum(["pre-data", "post-data"]),
  /** Complete SQL statements without the closing semicolon, to run in order. */
  statements: z.array(text),
  /** `id`s of objects that must exist before; always earlier in the list. */
  requires: z.array(count),
  /** `id` of the object that this one is a part of: the table of an index, the commented object of a comment. */
  parent: count.nullable(),
  /** What the statements need of a server beyond the oldest supported major. */
  features: z.array(featureSchema),
});

/** What people should know, and scripts can act on. */
const warningSchema = z.strictObject({
  /** Stable: `manual-extension-member`. */
  code,
  /** What it is about, as SQL names it; null when it is about the whole. */
  object: text.nullable(),
  message: text,
});

/** The server that was read, by which a later dump tells that the same row version still means the same row. */
const serverSchema = z.strictObject({
  /** `pg_control_system()`. */
  systemIdentifier: decimal,
  databaseOid: count,
  timeline: count,
  /** `pg_postmaster_start_time()`, ISO 8601 in UTC with microseconds. */
  startedAt: z.string().max(64),
  /** The snapshot, as `pg_snapshot` writes it. */
  snapshot: z.string().max(1024 * 1024),
  /** Where the WAL was flushed to when the snapshot was taken; null where the server does not say. */
  walFlushedTo: z.string().max(32).nullable(),
});

/** The full archive that a differential one completes. */
const baseSchema = z.strictObject({
  /** SHA-256 that the base's trailer holds: of its manifest's member up to the trailer. */
  sha256,
  /** Bytes of the whole base. */
  size: count,
  createdAt: z.iso.datetime().nullable(),
  /** Its file name when the differential archive was made; a hint for people, never a path. */
  fileName: z.string().max(255).nullable(),
});

/** Over the canonical manifest with `signature` null. */
const signatureSchema = z.strictObject({
  scheme: z.literal("ed25519"),
  /** The first bytes of the SHA-256 of the raw public key. */
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  value: z.string().regex(/^[0-9a-f]{128}$/),
});

const sequenceSchema = z.strictObject({
  namespace: name,
  name,
  lastValue: z.string().regex(/^-?\d{1,19}$/),
  isCalled: z.boolean(),
  object: count.nullable(),
});

/** Facts of the dumped database; those that tell copies of one database apart are null in a reproducible archive. */
const databaseSchema = z.strictObject({
  name: name.nullable(),
  encoding: name,
  collate: z.string().max(256).nullable(),
  ctype: z.string().max(256).nullable(),
  /** `version()`'s number, as in `16.14`. */
  serverVersion: z.string().max(128).nullable(),
  /** `server_version_num`; of a reproducible archive the oldest major that accepts the schema is not known, so null. */
  serverVersionNum: count.nullable(),
});

const optionsSchema = z.strictObject({
  compression: z.string().regex(/^(none|gzip:[1-9]|zstd:\d{1,2})$/),
  reproducible: z.boolean(),
  schemaOnly: z.boolean(),
  dataOnly: z.boolean(),
  /** Whether object owners and privileges were recorded. */
  owner: z.boolean(),
  privileges: z.boolean(),
  /** The selection as given, for people; empty when the whole database was dumped. */
  selection: z.array(text),
});

/** How the sealing key of an application's encrypted columns is recognized without being stored. */
const keySchema = z.strictObject({
  /** Names the derivation, so that it can change. */
  scheme: z.string().max(64),
  salt: z.string().regex(/^[0-9a-f]{2,128}$/),
  fingerprint: z.string().regex(/^[0-9a-f]{2,128}$/),
  /** Over the canonical manifest with this field null. */
  mac: z
    .string()
    .regex(/^[0-9a-f]{2,128}$/)
    .nullable(),
});

export const manifestSchema = z.strictObject({
  format: z.literal(2),
  tool: z.strictObject({ name: z.literal("nexushub-dump"), version: z.string().max(64) }),
  /** ISO 8601 in UTC, of the snapshot; null in a reproducible archive. */
  createdAt: z.iso.datetime().nullable(),
  /** What it is for: a fixture's rows are made up or masked, and must not replace a database in use. */
  purpose: z.enum(["backup", "fixture"]),
  /** Whether something of the database was left out on purpose: objects, rows, or values. */
  partial: z.boolean(),
  database: databaseSchema,
  /** Null in a reproducible archive, and where the server does not say enough. */
  server: serverSchema.nullable(),
  /** Null in all but differential archives. */
  base: baseSchema.nullable(),
  options: optionsSchema,
  /** Roles that the statements name, besides PUBLIC. */
  roles: z.array(name),
  /** In the order in which they are to be created. */
  objects: z.array(objectSchema).max(MAX_ENTRIES),
  relations: z.array(relationSchema).max(MAX_ENTRIES),
  sequences: z.array(sequenceSchema).max(MAX_ENTRIES),
  warnings: z.array(warningSchema),
  key: keySchema.nullable(),
  signature: signatureSchema.nullable(),
  /** Every entry before the manifest, in file order, without a gap. */
  entries: z.array(entrySchema).max(MAX_ENTRIES),
});
