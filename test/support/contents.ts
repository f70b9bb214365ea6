/** What two databases or archives hold, compared. */
import { openArchive } from "../../src/archive/reader.ts";
import { diff } from "../../src/diff/diff.ts";
import type { DiffResult } from "../../src/diff/options.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { MemoryStore } from "./archives.ts";

/** Options with which a dump leaves out nothing. */
export const EVERYTHING = { owner: true, privileges: true, userMappingSecrets: true } as const;

/**
 * What a reproducible archive holds, as text whose differences a person can read.
 * @param way how the archive is made; texts of one way can be compared.
 * @param store where the archive is then to be found.
 */
export async function contentsOf(
  url: string,
  way: DumpOptions = {},
  store: MemoryStore = new MemoryStore(),
): Promise<string> {
  await dump(url, store, { ...EVERYTHING, ...way, reproducible: true });
  const reader = await openArchive(store);
  try {
    const { objects, relations, sequences } = reader.manifest;
    const schema = objects.map(
      (it) =>
        `-- ${it.id} ${it.section} ${it.kind} ${it.namespace} ${it.name}, after ${it.requires.join(" ")}\n${it.statements.join(";\n")};`,
    );
    const rows = relations.map(
      (it) =>
        `${it.namespace} ${it.name} (${it.columns.join(", ")}) ${it.rows} rows ${it.parts.map((part) => part.sha256).join(" ")}`,
    );
    return [...schema, ...rows, JSON.stringify(sequences, null, 1)].join("\n");
  } finally {
    await reader.close();
  }
}

export const NO_DIFFERENCES = {
  objects: { added: [], removed: [], changed: [] },
  relations: [],
  sequences: [],
};

/** How two archives differ, without what tells where they are from. */
export async function differences(
  a: MemoryStore,
  b: MemoryStore,
): Promise<Pick<DiffResult, "objects" | "relations" | "sequences">> {
  const { objects, relations, sequences } = await diff(a, b);
  return { objects, relations, sequences };
}
