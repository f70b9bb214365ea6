/** What the selected objects need of a server, against what the target has. Pure. */
import type { Manifest, ManifestFeature, ManifestObject } from "../../archive/format/manifest.ts";
import { FEATURE } from "../../ddl/server-features.ts";
import { objectLabel } from "../../util/label.ts";
import { withFormat1Features } from "./format-1-features.ts";

export interface TargetServer {
  readonly major: number;
  /** Whether values can be compressed with lz4. */
  readonly hasLz4: boolean;
}

/** The objects with their features, which an archive of format 1 does not record. */
export function withFeatures(
  { format }: Pick<Manifest, "format">,
  objects: readonly ManifestObject[],
): readonly ManifestObject[] {
  return format === 1 ? withFormat1Features(objects) : objects;
}

/** Each part of an object that a server of this major does not keep: `table public.t: loses … (PostgreSQL 18)`. */
export function lostBy(objects: readonly ManifestObject[], major: number): string[] {
  return select(
    objects,
    ({ without, since }) => without === "loses" && since !== null && since > major,
  ).map(
    ([object, { description, since }]) =>
      `${objectLabel(object)}: loses ${description} (PostgreSQL ${since})`,
  );
}

/** Whether any of the objects needs lz4, which a server can be built without. */
export function wantsLz4(objects: readonly ManifestObject[]): boolean {
  return objects.some(({ features }) => features.some(isLz4));
}

/** Each feature that the server lacks, once for each object that needs it: `table public.t: … (PostgreSQL 18)`. */
export function missingFeatures(
  objects: readonly ManifestObject[],
  { major, hasLz4 }: TargetServer,
): string[] {
  const isMissing = (feature: ManifestFeature): boolean => {
    if (feature.without !== "fails") return false;
    if (feature.before !== undefined && major >= feature.before) return true;
    if (feature.since !== null) return feature.since > major;
    // Before 14 a column has no compression at all, which is a feature of its own.
    return isLz4(feature) && !hasLz4 && major >= 14;
  };
  return select(objects, isMissing).map(
    ([object, feature]) =>
      `${objectLabel(object)}: ${feature.description} (${serversWith(feature)})`,
  );
}

function serversWith({ since, before }: ManifestFeature): string {
  if (before !== undefined) return `PostgreSQL ${before - 1} and older`;
  return since === null ? "the server was built without it" : `PostgreSQL ${since}`;
}

function isLz4({ code }: ManifestFeature): boolean {
  return code === FEATURE.lz4.code;
}

function select(
  objects: readonly ManifestObject[],
  takes: (feature: ManifestFeature) => boolean,
): [ManifestObject, ManifestFeature][] {
  return objects.flatMap((object) =>
    object.features
      .filter(takes)
      .map((feature): [ManifestObject, ManifestFeature] => [object, feature]),
  );
}
