/** What an archive knows of its relations, as a list in a query's FROM. */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { quoteLiteral } from "../../sql/literal.ts";

/**
 * @param text of each relation; null gives NULL.
 * @param type of the column, such as `int4`.
 */
export function unnestOf(
  relations: readonly ManifestRelation[],
  text: (relation: ManifestRelation) => string | null,
  type: string,
): string {
  const items = relations.map((relation) => {
    const value = text(relation);
    return value === null ? "NULL" : quoteLiteral(value);
  });
  return `pg_catalog.unnest(ARRAY[${items.join(", ")}]::${type}[])`;
}
