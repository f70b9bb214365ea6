/** Compares the contents of databases and archives. */
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { diff } from "../../src/diff/diff.ts";
import type { DiffResult } from "../../src/diff/options.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { MemoryStore } from "./archives.ts";

/** Options of a dump that leaves out nothing. */
export const EVERYTHING = { owner: true, privileges: true, userMappingSecrets: true } as const;

/**
 * The contents of a reproducible archive of a database, as text whose differences are readable.
 * @param options of the dump; only texts with the same options can be compared.
 * @param store receives the archive.
 */
export async function contentsOf(
  url: string,
  options: DumpOptions = {},
  store: MemoryStore = new MemoryStore(),
): Promise<string> {
  await dump(url, store, { ...EVERYTHING, ...options, reproducible: true });
  return contentsOfArchive(store);
}

/** The contents of an archive, likewise. */
export async function contentsOfArchive(store: MemoryStore): Promise<string> {
  const { objects, relations, sequences } = await manifestOf(store);
  const schema = objects.map(
    (it) =>
      `-- ${it.id} ${it.section} ${it.kind} ${it.namespace} ${it.name}, after ${it.requires.join(" ")}\n${it.statements.join(";\n")};`,
  );
  const rows = relations.map(
    (it) =>
      `${it.namespace} ${it.name} (${it.columns.join(", ")}) ${it.rows} rows ${it.parts.map((part) => part.sha256).join(" ")}`,
  );
  return [...schema, ...rows, JSON.stringify(sequences, null, 1)].join("\n");
}

export async function manifestOf(store: MemoryStore): Promise<Manifest> {
  const reader = await openArchive(store);
  await reader.close();
  return reader.manifest;
}

export const NO_DIFFERENCES = {
  objects: { added: [], removed: [], changed: [] },
  relations: [],
  sequences: [],
};

/** The differences between two archives, without facts about their origin. */
export async function differences(
  a: MemoryStore,
  b: MemoryStore,
): Promise<Pick<DiffResult, "objects" | "relations" | "sequences">> {
  const { objects, relations, sequences } = await diff(a, b);
  return { objects, relations, sequences };
}
