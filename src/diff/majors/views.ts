/** Queries of views as PostgreSQL 16 and later write them. */
import { splitUnquoted } from "../../sql/deparse/scan.ts";
import { unqualified } from "../../sql/deparse/unqualify.ts";
import type { ComparedObject } from "../compared-object.ts";

const KINDS: ReadonlySet<string> = new Set(["view", "materialized-view"]);
/** Between the header of CREATE VIEW and the query. */
const AS = " AS\n";
/** What follows the query. */
const AFTER_QUERY = /\n {2}WITH (?:NO DATA|(?:LOCAL|CASCADED) CHECK OPTION)$/;

/** A view that a server before 16 deparsed, which qualifies the columns of a query over one relation. */
export function unqualifiedView(object: ComparedObject): ComparedObject {
  if (!KINDS.has(object.kind)) return object;
  return { ...object, statements: object.statements.map(unqualifiedStatement) };
}

function unqualifiedStatement(statement: string): string {
  const [header, ...rest] = splitUnquoted(statement, AS);
  if (rest.length === 0) return statement;
  const query = rest.join(AS);
  const after = AFTER_QUERY.exec(query)?.[0] ?? "";
  return header! + AS + unqualified(query.slice(0, query.length - after.length)) + after;
}
