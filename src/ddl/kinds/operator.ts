/** CREATE OPERATOR. */
import type { OperatorRow } from "../../catalog/operator.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type DdlContext, namespaceAddress } from "../context.ts";
import { definition } from "../definition.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { dumpableRows, schemaObject } from "../schema-object.ts";

export function operators(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "operator", context.catalog.operators).map((row) => {
    // An operator's name is never quoted.
    const name = `${quoteIdent(context.namespace(row.namespace))}.${row.name}`;
    const operands = `(${row.left ?? "NONE"}, ${row.right ?? "NONE"})`;
    return {
      ...schemaObject(context, "operator", "operator", row),
      name: `${row.name} ${operands}`,
      // A commutator or negator that does not exist yet is created as a shell, so its schema must exist; pg_depend has no row.
      requires: [row.commutatorNamespace, row.negatorNamespace]
        .filter((oid) => oid !== 0)
        .map(namespaceAddress),
      sql: () => [createOperator(name, row)],
      target: `OPERATOR ${name} ${operands}`,
      owner: row.owner,
    };
  });
}

function createOperator(name: string, row: OperatorRow): string {
  return `CREATE OPERATOR ${name} ${definition([
    ["FUNCTION", row.function],
    ["LEFTARG", row.left],
    ["RIGHTARG", row.right],
    ["COMMUTATOR", row.commutator],
    ["NEGATOR", row.negator],
    ["HASHES", row.hashes],
    ["MERGES", row.merges],
    ["RESTRICT", row.restrict],
    ["JOIN", row.join],
  ])}`;
}
