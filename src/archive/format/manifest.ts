/**
 * The manifest: what an archive holds, and how a reader verifies it. Types alone. A manifest of an older format is
 * brought into this shape when it is read (manifest-v1.ts), so that nobody else has to know of older formats.
 */
import type { z } from "zod";
import type { manifestSchema } from "./manifest-schema.ts";

type StoredManifest = z.infer<typeof manifestSchema>;

/** `format` is the version of the archive that was read. */
export type Manifest = Omit<StoredManifest, "format"> & { format: 1 | 2 };
export type ManifestEntry = Manifest["entries"][number];
export type ManifestPart = ManifestRelation["parts"][number];
export type ManifestRelation = Manifest["relations"][number];
export type ManifestUnits = NonNullable<ManifestRelation["units"]>;
export type ManifestObject = Manifest["objects"][number];
export type ManifestFeature = ManifestObject["features"][number];
export type ManifestSequence = Manifest["sequences"][number];
export type ManifestWarning = Manifest["warnings"][number];
export type ManifestServer = NonNullable<Manifest["server"]>;
export type ManifestBase = NonNullable<Manifest["base"]>;
export type ManifestSignature = NonNullable<Manifest["signature"]>;
/** What the dump knows and the writer completes with `entries`. */
export type ManifestHead = Omit<Manifest, "entries">;
