/** Progress of rows that several connections load: a relation is complete when all its parts are. */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { qualify } from "../../sql/ident.ts";
import type { DataProgress, RelationCounts } from "../../util/progress.ts";

/** Passes on what `progress` receives, but the completion of a relation once, with all its rows. */
export function completeOnce(
  progress: DataProgress,
  relations: readonly Pick<ManifestRelation, "namespace" | "name" | "rows">[],
): DataProgress {
  const left = new Map(
    relations.map(({ namespace, name, rows }) => [qualify(namespace, name), rows]),
  );
  const passed = new Map<string, RelationCounts>();
  return {
    ...progress,
    complete(relation, { rows, bytes }) {
      const before = passed.get(relation) ?? { rows: 0, bytes: 0 };
      const counts = { rows: before.rows + rows, bytes: before.bytes + bytes };
      passed.set(relation, counts);
      if (counts.rows >= (left.get(relation) ?? 0)) progress.complete(relation, counts);
    },
  };
}
