/**
 * The manifest: what an archive holds, and how a reader verifies it. Types only. A manifest of an older format is
 * converted to this shape when it is read (upgrade-manifest.ts), so that no other module needs to know older formats.
 */
import type { z } from "zod";
import type { manifestSchema } from "./manifest-schema.ts";
import type { manifestV1Schema } from "./manifest-v1-schema.ts";

/** A manifest of format 2, as it is stored. */
export type ManifestV2 = z.infer<typeof manifestSchema>;

/** `format` is the version of the archive that was read. */
export type Manifest = Omit<ManifestV2, "format"> & { format: 1 | 2 };
/** A manifest of format 1, as it is stored. */
export type ManifestV1 = z.infer<typeof manifestV1Schema>;
/** A manifest as it was written. */
export type StoredManifest = Manifest | ManifestV1;
export type ManifestEntry = Manifest["entries"][number];
export type ManifestPart = ManifestRelation["parts"][number];
export type ManifestRelation = Manifest["relations"][number];
export type ManifestUnits = NonNullable<ManifestRelation["units"]>;
/** An object of the schema, with its statements. */
export type ManifestObject = Manifest["objects"][number];
export type ManifestFeature = ManifestObject["features"][number];
/** A role that the archive defines. */
export type ManifestRole = NonNullable<Manifest["roleDefinitions"]>[number];
export type ManifestSequence = Manifest["sequences"][number];
/** A type of columns. */
export type ManifestType = NonNullable<Manifest["types"]>[number];
/** The planner statistics of a relation. */
export type ManifestStatistics = NonNullable<Manifest["statistics"]>[number];
/** What ANALYZE computed for a statistics object. */
export type ManifestExtendedStatistics = NonNullable<ManifestStatistics["extended"]>[number];
/** A warning that the dump recorded. */
export type ManifestWarning = Manifest["warnings"][number];
export type ManifestServer = NonNullable<Manifest["server"]>;
/** The manifest without `entries`, which the writer adds. */
export type ManifestHead = Omit<Manifest, "entries">;
