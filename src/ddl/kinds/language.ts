/** CREATE LANGUAGE, and the transforms of types for languages. */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function languages({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.languages
    .filter((row) => !isMember(CATALOG.language, row.oid))
    .map((row) => {
      const id = address(CATALOG.language, row.oid);
      const name = quoteIdent(row.name);
      return {
        id,
        kind: "language",
        namespace: null,
        name: row.name,
        section: "pre-data",
        addresses: [id],
        sql: () => [
          [
            `CREATE ${row.isTrusted ? "TRUSTED " : ""}PROCEDURAL LANGUAGE ${name}`,
            `HANDLER ${row.handler}`,
            ...(row.inline === null ? [] : [`INLINE ${row.inline}`]),
            ...(row.validator === null ? [] : [`VALIDATOR ${row.validator}`]),
          ].join("\n    "),
        ],
        target: `LANGUAGE ${name}`,
        owner: row.owner,
        privileges: {
          kind: "LANGUAGE",
          on: `LANGUAGE ${name}`,
          acl: row.acl,
          aclDefault: row.aclDefault,
        },
      };
    });
}

export function transforms({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.transforms
    .filter((row) => !isMember(CATALOG.transform, row.oid))
    .map((row) => {
      const id = address(CATALOG.transform, row.oid);
      const target = `TRANSFORM FOR ${row.type} LANGUAGE ${quoteIdent(row.language)}`;
      const functions = [
        ...(row.fromSql === null ? [] : [`FROM SQL WITH FUNCTION ${row.fromSql}`]),
        ...(row.toSql === null ? [] : [`TO SQL WITH FUNCTION ${row.toSql}`]),
      ];
      return {
        id,
        kind: "transform",
        namespace: null,
        name: `${row.type} ${row.language}`,
        section: "pre-data",
        addresses: [id],
        sql: () => [`CREATE ${target} (\n    ${functions.join(",\n    ")}\n)`],
        target,
      };
    });
}
