/** Statements that decide where they run whether they do anything. */
import { splitUnquoted } from "../sql/deparse/scan.ts";
import { dollarQuote, quoteLiteral } from "../sql/literal.ts";

/** A statement that does nothing where the condition, an SQL expression, is not true. */
export function conditionalStatement(condition: string, statement: string): string {
  return `DO ${dollarQuote(`BEGIN\n  IF ${condition} THEN\n    ${statement};\n  END IF;\nEND`)}`;
}

const VERSION = "pg_catalog.current_setting('server_version_num')::pg_catalog.int4";

/** A statement for older servers: it does nothing on a server of this major or a later one. */
export function beforeMajor(major: number, statement: string): string {
  return conditionalStatement(`${VERSION} < ${major}0000`, statement);
}

/** A statement for newer servers: it does nothing on a server before this major. */
export function sinceMajor(major: number, statement: string): string {
  return conditionalStatement(`${VERSION} >= ${major}0000`, statement);
}

/** One of two statements: the first on a server before this major. */
export function byMajor(major: number, older: string, newer: string): string {
  return byMajorStatements(major, [older], [newer]);
}

/** Statements that run only where this relation exists, named as SQL; elsewhere there is a warning instead. */
export function ifRelationExists(name: string, statements: readonly string[]): string {
  const condition = `pg_catalog.to_regclass(${quoteLiteral(name)}) IS NOT NULL`;
  return statementsOrWarning(
    condition,
    statements,
    `nothing is attached to ${name}: it does not exist here`,
  );
}

/** Statements for servers before this major, and others for this major and later ones. */
export function byMajorStatements(
  major: number,
  older: readonly string[],
  newer: readonly string[],
): string {
  const body = `BEGIN\n  IF ${VERSION} < ${major}0000 THEN${lines(older)}\n  ELSE${lines(newer)}\n  END IF;\nEND`;
  return `DO ${dollarQuote(body)}`;
}

function lines(statements: readonly string[]): string {
  return statements.map((statement) => `\n    ${statement};`).join("");
}

/** A statement that newer minor versions can refuse as unsupported: there, the others run instead. */
export function unlessRefused(statement: string, instead: readonly string[]): string {
  const body = `BEGIN${lines([statement])}\nEXCEPTION WHEN feature_not_supported OR invalid_table_definition THEN${lines(instead)}\nEND`;
  return `DO ${dollarQuote(body)}`;
}

/** Inside such a statement: a warning to whoever restores. */
export function raiseWarning(message: string): string {
  return `RAISE WARNING USING MESSAGE = ${quoteLiteral(message)}`;
}

/** Statements that run where the condition is true; elsewhere there is a warning instead. */
export function statementsOrWarning(
  condition: string,
  statements: readonly string[],
  message: string,
): string {
  const body = `BEGIN\n  IF ${condition} THEN${lines(statements)}\n  ELSE${lines([raiseWarning(message)])}\n  END IF;\nEND`;
  return `DO ${dollarQuote(body)}`;
}

const BY_MAJOR = /^DO \$(\w*)\$BEGIN\n {2}IF (.+?) (<|>=) (\d+)0000 THEN\n {4}/;

/** The statements that a server of this major runs of a statement: for those of `beforeMajor` and its kin, of one branch. */
export function statementsOn(major: number, statement: string): readonly string[] {
  const match = BY_MAJOR.exec(statement);
  if (match === null || match[2] !== VERSION) return [statement];
  const [head, tag, , comparison, since] = match;
  const end = `;\n  END IF;\nEND$${tag!}$`;
  if (!statement.endsWith(end)) return [statement];
  const branches = splitUnquoted(statement.slice(head.length, -end.length), ";\n  ELSE\n    ");
  const isFirst = comparison === "<" ? major < Number(since) : major >= Number(since);
  const branch = branches[isFirst ? 0 : 1];
  return branch === undefined ? [] : splitUnquoted(branch, ";\n    ");
}
