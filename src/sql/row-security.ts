/** Statements that make the policies of a table bind its owner, or no longer. Pure. */

/** @param table as SQL names it; so below. */
export function forceRowSecurity(table: string): string {
  return `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`;
}

export function unforceRowSecurity(table: string): string {
  return `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`;
}
