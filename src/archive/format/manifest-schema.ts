/**
 * The schema of the manifest, from which its types come (manifest.ts). An archive is untrusted input, so every number
 * and text is bounded here and nowhere trusted before. Only readers load this: zod takes as long as Node's own start.
 */
import { z } from "zod";
import { MAX_ENTRIES, MAX_PART_BYTES } from "../../limits.ts";
import { FORMAT_VERSION } from "./manifest.ts";

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(4096);
const text = z.string().max(64 * 1024 * 1024);

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

/** A piece of one relation's COPY text; `entry` indexes `entries`, `sha256` is of the contents. */
const partSchema = z.strictObject({
  entry: count.max(MAX_ENTRIES),
  rows: count,
  bytes: count.max(MAX_PART_BYTES),
  sha256,
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
});

const sequenceSchema = z.strictObject({
  namespace: name,
  name,
  lastValue: z.string().regex(/^-?\d{1,19}$/),
  isCalled: z.boolean(),
  object: count.nullable(),
});

/** Facts of the dumped database; all null in a reproducible archive that must not depend on them. */
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

/** How the sealing key of an application's encrypted columns is recognised without being stored. */
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
  format: z.literal(FORMAT_VERSION),
  tool: z.strictObject({ name: z.literal("nexushub-dump"), version: z.string().max(64) }),
  /** ISO 8601 in UTC, of the snapshot; null in a reproducible archive. */
  createdAt: z.iso.datetime().nullable(),
  database: databaseSchema,
  options: optionsSchema,
  /** Roles that the statements name, besides PUBLIC. */
  roles: z.array(name),
  /** In the order in which they are to be created. */
  objects: z.array(objectSchema).max(MAX_ENTRIES),
  relations: z.array(relationSchema).max(MAX_ENTRIES),
  sequences: z.array(sequenceSchema).max(MAX_ENTRIES),
  warnings: z.array(text),
  key: keySchema.nullable(),
  /** Every entry before the manifest, in file order, without a gap. */
  entries: z.array(entrySchema).max(MAX_ENTRIES),
});
