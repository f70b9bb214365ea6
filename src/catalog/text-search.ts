/** Text search parsers, templates, dictionaries and configurations. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { functionOrNull, qualifiedName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

/** Functions as `regproc` prints them; null for none. */
export interface TextSearchParserRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly start: string;
  readonly getToken: string;
  readonly end: string;
  readonly headline: string | null;
  readonly lexTypes: string;
}

export const textSearchParsers: CatalogQuery<TextSearchParserRow> = {
  sql: () => `
    SELECT p.oid, p.prsname AS name, p.prsnamespace AS namespace, p.prsstart::text AS start,
           p.prstoken::text AS "getToken", p.prsend::text AS end, ${functionOrNull("p.prsheadline")} AS headline,
           p.prslextype::text AS "lexTypes"
    FROM pg_catalog.pg_ts_parser p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace WHERE ${IN_USER_SCHEMA}`,
};

export interface TextSearchTemplateRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly init: string | null;
  readonly lexize: string;
}

export const textSearchTemplates: CatalogQuery<TextSearchTemplateRow> = {
  sql: () => `
    SELECT t.oid, t.tmplname AS name, t.tmplnamespace AS namespace, ${functionOrNull("t.tmplinit")} AS init,
           t.tmpllexize::text AS lexize
    FROM pg_catalog.pg_ts_template t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace WHERE ${IN_USER_SCHEMA}`,
};

export interface TextSearchDictionaryRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  /** Qualified, as SQL. */
  readonly template: string;
  /** `dictinitoption`, a list of SQL options (serialize_deflist(), src/backend/commands/tsearchcmds.c). */
  readonly options: string | null;
}

export const textSearchDictionaries: CatalogQuery<TextSearchDictionaryRow> = {
  sql: () => `
    SELECT d.oid, d.dictname AS name, d.dictnamespace AS namespace, d.dictowner AS owner,
           ${qualifiedName("tn.nspname", "t.tmplname")} AS template,
           d.dictinitoption AS options
    FROM pg_catalog.pg_ts_dict d
    JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
    JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace WHERE ${IN_USER_SCHEMA}`,
};

export interface TextSearchConfigurationRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  /** Qualified, as SQL. */
  readonly parser: string;
}

export const textSearchConfigurations: CatalogQuery<TextSearchConfigurationRow> = {
  sql: () => `
    SELECT c.oid, c.cfgname AS name, c.cfgnamespace AS namespace, c.cfgowner AS owner,
           ${qualifiedName("pn.nspname", "p.prsname")} AS parser
    FROM pg_catalog.pg_ts_config c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
    JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace WHERE ${IN_USER_SCHEMA}`,
};

/** The dictionaries that a configuration consults for one type of token. */
export interface TextSearchMappingRow {
  readonly configuration: number;
  /** The alias of the token type. */
  readonly token: string;
  /** As `regdictionary` prints them, in the order in which they are consulted. */
  readonly dictionaries: readonly string[];
}

export const textSearchMappings: CatalogQuery<TextSearchMappingRow> = {
  sql: () => `
    SELECT m.mapcfg AS configuration,
           COALESCE((SELECT t.alias FROM pg_catalog.ts_token_type(c.cfgparser) t WHERE t.tokid = m.maptokentype),
                    m.maptokentype::text) AS token,
           pg_catalog.array_agg(m.mapdict::pg_catalog.regdictionary::text ORDER BY m.mapseqno) AS dictionaries
    FROM pg_catalog.pg_ts_config_map m
    JOIN pg_catalog.pg_ts_config c ON c.oid = m.mapcfg
    JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
    WHERE ${IN_USER_SCHEMA}
    GROUP BY m.mapcfg, m.maptokentype, c.cfgparser ORDER BY m.mapcfg, m.maptokentype`,
};
