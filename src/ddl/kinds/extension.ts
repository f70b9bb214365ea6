/** CREATE EXTENSION, in the same schema. Without a version: the target installs the one that it has. */
import { type Warning, warning } from "../../warnings.ts";
import { address, type Address, CATALOG, FIRST_NORMAL_OID } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { ExtensionRow } from "../../catalog/extension.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";

export function extensions(context: DdlContext): DumpableObject[] {
  // Every database has plpgsql, which initdb creates.
  const rows = context.catalog.extensions.filter((row) => row.oid >= FIRST_NORMAL_OID);
  return rows.map((row) => {
    const id = address(CATALOG.extension, row.oid);
    const name = quoteIdent(row.name);
    const schema = quoteIdent(context.namespace(row.namespace));
    return {
      id,
      kind: "extension",
      namespace: null,
      name: row.name,
      section: "pre-data",
      addresses: [id],
      sql: () => [`CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA ${schema}`],
      target: `EXTENSION ${name}`,
      initialComment: row.controlComment,
      warnings: leftOut(context, row),
    };
  });
}

/** What a target does not get: members that the script does not create, and rows that it does not mark as configuration. */
function leftOut(context: DdlContext, extension: ExtensionRow): Warning[] {
  const relations = relationLookup(context);
  const name = quoteIdent(extension.name);
  const configured = new Set(extension.configTables.map(({ relationOid }) => relationOid));
  const filled = context.catalog.tableSizes.filter(
    ({ oid, pages }) =>
      pages > 0 &&
      !configured.has(oid) &&
      context.catalog.members.get(relationAddress(oid)) === extension.oid,
  );
  const manuallyAdded = new Map(
    context.catalog.manualExtensionMembers
      .filter((row) => row.extension === extension.oid)
      .map((row) => [address(row.classid, row.objid), row.description]),
  );
  const hasRows = new Set(filled.map(({ oid }) => relationAddress(oid)));
  const hasObjects = new Set(
    context.catalog.extensionUserObjects.map(({ relation }) => relationAddress(relation)),
  );
  const parts = (id: Address): string => {
    const all = [
      ...(hasRows.has(id) ? ["its rows"] : []),
      ...(hasObjects.has(id) ? ["what was added to it"] : []),
    ];
    return all.length === 0 ? "" : `, with ${all.join(" and ")}`;
  };
  return [
    ...[...manuallyAdded].map(([id, description]) =>
      warning(
        "manual-extension-member",
        description,
        `${description} was given to extension ${name} by ALTER EXTENSION and left to it${parts(id)}`,
      ),
    ),
    ...filled
      .filter(({ oid }) => !manuallyAdded.has(relationAddress(oid)))
      .map(({ oid }) =>
        warning(
          "extension-rows",
          `table ${relations.sqlName(oid)}`,
          `table ${relations.sqlName(oid)} is a member of extension ${name} and left to it, with its rows`,
        ),
      ),
  ];
}
