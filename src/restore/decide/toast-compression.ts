/** Tables and materialized views without the compression methods of their columns, which the target then chooses. Pure. */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { FEATURE } from "../../ddl/server-features.ts";

const FEATURES: ReadonlySet<string> = new Set([FEATURE.columnCompression.code, FEATURE.lz4.code]);

/** The end of the only statements for which an object has these features (src/ddl/column-settings.ts). */
const SET_COMPRESSION = /^ALTER .* SET COMPRESSION (?:pglz|lz4|default)$/s;

export function withoutCompression(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  return objects.map((object) => {
    if (!object.features.some(({ code }) => FEATURES.has(code))) return object;
    return {
      ...object,
      statements: object.statements.filter((statement) => !SET_COMPRESSION.test(statement)),
      features: object.features.filter(({ code }) => !FEATURES.has(code)),
    };
  });
}
