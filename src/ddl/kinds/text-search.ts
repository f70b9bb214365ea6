/** CREATE TEXT SEARCH PARSER, TEMPLATE, DICTIONARY and CONFIGURATION. */
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import { definition } from "../definition.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";

export function textSearchParsers(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "tsParser", context.catalog.textSearchParsers).map((row) => {
    const target = `TEXT SEARCH PARSER ${sqlName(context, row)}`;
    return {
      ...schemaObject(context, "tsParser", "text-search-parser", row),
      sql: () => [
        `CREATE ${target} ${definition([
          ["START", row.start],
          ["GETTOKEN", row.getToken],
          ["END", row.end],
          ["HEADLINE", row.headline],
          ["LEXTYPES", row.lexTypes],
        ])}`,
      ],
      target,
    };
  });
}

export function textSearchTemplates(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "tsTemplate", context.catalog.textSearchTemplates).map((row) => {
    const target = `TEXT SEARCH TEMPLATE ${sqlName(context, row)}`;
    return {
      ...schemaObject(context, "tsTemplate", "text-search-template", row),
      sql: () => [
        `CREATE ${target} ${definition([
          ["INIT", row.init],
          ["LEXIZE", row.lexize],
        ])}`,
      ],
      target,
    };
  });
}

export function textSearchDictionaries(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "tsDictionary", context.catalog.textSearchDictionaries).map(
    (row) => {
      const target = `TEXT SEARCH DICTIONARY ${sqlName(context, row)}`;
      const options = row.options === null ? "" : `,\n    ${row.options}`;
      return {
        ...schemaObject(context, "tsDictionary", "text-search-dictionary", row),
        sql: () => [`CREATE ${target} (\n    TEMPLATE = ${row.template}${options}\n)`],
        target,
        owner: row.owner,
      };
    },
  );
}

/** Configurations, each with its mappings. */
export function textSearchConfigurations(context: DdlContext): DumpableObject[] {
  const mappings = groupBy(context.catalog.textSearchMappings, (row) => row.configuration);
  return dumpableRows(context, "tsConfig", context.catalog.textSearchConfigurations).map((row) => {
    const target = `TEXT SEARCH CONFIGURATION ${sqlName(context, row)}`;
    return {
      ...schemaObject(context, "tsConfig", "text-search-configuration", row),
      sql: () => [
        `CREATE ${target} (\n    PARSER = ${row.parser}\n)`,
        ...(mappings.get(row.oid) ?? []).map(
          ({ token, dictionaries }) =>
            `ALTER ${target}\n    ADD MAPPING FOR ${quoteIdent(token)} WITH ${dictionaries.join(", ")}`,
        ),
      ],
      target,
      owner: row.owner,
    };
  });
}
