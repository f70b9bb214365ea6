/** The statements of a foreign key, without a check of the rows that exist. */
export function uncheckedForeignKey(statements: readonly string[]): string[] {
  const add = statements.findIndex((statement) => statement.startsWith("ALTER "));
  return statements.map((statement, n) => (n === add ? `${statement} NOT VALID` : statement));
}
