/** What a plain dump holds, for people and scripts. Types only. */

/** One table of a plain dump. */
export interface PlainRelation {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** Bytes of COPY text; of INSERT statements, these themselves. */
  readonly bytes: number;
}

/** Something in a plain dump that a restore does not run. */
export interface PlainRefusal {
  /** From 1. */
  readonly line: number;
  /** `the psql command \!`, `VACUUM`. */
  readonly what: string;
  readonly hint: string;
}

/** What a plain dump holds; found by reading all of it. */
export interface PlainContents {
  readonly format: "plain";
  /** The program that wrote it: `pg_dump version 16.4`; null when it does not say. */
  readonly dumpedBy: string | null;
  /** Of the dumped server: `16.4`; null when it does not say. */
  readonly serverVersion: string | null;
  /** How the file is stored: `gzip`, `zstd` or `none`. */
  readonly compression: string;
  /** Whether it ends as pg_dump ends a dump. */
  readonly isComplete: boolean;
  /** Of the file, and of its text. */
  readonly fileBytes: number;
  readonly textBytes: number;
  readonly rows: number;
  readonly bytes: number;
  /** Number of objects of each kind, the largest first, ties by name. */
  readonly objects: readonly { readonly kind: string; readonly count: number }[];
  /** Tables with rows, in the order of the dump. */
  readonly relations: readonly PlainRelation[];
  /** Sequences whose position it sets. */
  readonly sequences: number;
  /** Statements that give owners, and privileges. */
  readonly owners: number;
  readonly privileges: number;
  /** Empty for a dump that can be restored. */
  readonly refusals: readonly PlainRefusal[];
}
