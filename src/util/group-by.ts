/** Rows gathered under a key, in the order in which they came. */
export function groupBy<Row, Key>(
  rows: readonly Row[],
  key: (row: Row) => Key,
): Map<Key, readonly Row[]> {
  const groups = new Map<Key, Row[]>();
  rows.forEach((row) => {
    const rowKey = key(row);
    const group = groups.get(rowKey);
    if (group === undefined) groups.set(rowKey, [row]);
    else group.push(row);
  });
  return groups;
}
