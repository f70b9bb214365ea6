/** Which known name a misspelt one meant. Pure. */

/** Undefined when none is near: more than a third of the letters differ. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const spelled = letters(name);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const each of known) {
    const distance = editDistance(spelled, letters(each));
    if (best === undefined || distance < best.distance) best = { name: each, distance };
  }
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, Math.floor(spelled.length / 3)) ? best.name : undefined;
}

/** Case, hyphens and underscores do not count: `dry-run` means `dryRun`. */
function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

/** Letters to insert, remove, replace, or swap with their neighbor (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
