/** The manifest: what an archive holds, and how a reader proves it. Types alone, and the version of the format. */
import type { z } from "zod";
import type { manifestSchema } from "./manifest-schema.ts";

/** The version of the archive format that this package writes and the newest that it reads. */
export const FORMAT_VERSION = 1;

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest["entries"][number];
export type ManifestPart = ManifestRelation["parts"][number];
export type ManifestRelation = Manifest["relations"][number];
export type ManifestObject = Manifest["objects"][number];
export type ManifestSequence = Manifest["sequences"][number];
/** What the dump knows and the writer completes with `entries`. */
export type ManifestHead = Omit<Manifest, "entries">;
