/**
 * Whether an expression is null, as NOT NULL and foreign keys see it. IS NULL is true, and IS NOT NULL false, also of a
 * composite value of nulls alone, which is a value to them.
 */
export function isNull(expression: string): string {
  return `${expression} IS NOT DISTINCT FROM NULL`;
}

export function isNotNull(expression: string): string {
  return `${expression} IS DISTINCT FROM NULL`;
}
