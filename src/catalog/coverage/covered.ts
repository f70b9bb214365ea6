/**
 * The system catalogs of all supported majors, and what a dump does with their rows. `uncovered.ts` reports objects of
 * catalogs that are not listed, and a test compares the list with each server.
 */
import { CATALOG } from "../address.ts";
import { isMembership } from "../depend.ts";
import { CURRENT_DATABASE } from "../expressions.ts";

export interface CatalogCoverage {
  /**
   * - dumped: each row is an object that a dumpable object must define;
   * - part: rows belong to objects of other catalogs and are dumped with them;
   * - cluster: rows are shared by all databases and not dumped with any of them, as in pg_dump;
   * - state: rows are not part of the schema, but what the server has learned or is doing.
   */
  readonly how: "dumped" | "part" | "cluster" | "state";
  /** The first major that has it; all have it when absent. */
  readonly since?: number;
  /**
   * For `dumped`: the condition on rows `o` that need no dumpable object. It can use the queries `ignored_schema` and
   * `extension_relation` of `user-objects.ts`.
   */
  readonly except?: string;
  /** For `dumped`: the column with the relation that a row belongs to. Rows of ignored relations are ignored. */
  readonly relation?: string;
  /** Whether user objects can have oids below those of other user objects. */
  readonly anyOid?: boolean;
  /** The oid of the catalog in whose name `pg_depend` and others refer to the objects, where it is not this one. */
  readonly addressedAs?: number;
}

const dumped: CatalogCoverage = { how: "dumped" };
const part: CatalogCoverage = { how: "part" };
const cluster: CatalogCoverage = { how: "cluster" };
const state: CatalogCoverage = { how: "state" };

/** The condition that the object that a row refers to is a member of an extension. */
const isMember = (catalog: string, column: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
     AND e.objid = o.${column} AND ${isMembership("e")})`;

/** The condition that an operator or function of a class or family, or the class or family, is a member of an extension. */
const belongsToExtension = (family: string, catalog: string, column: string): string =>
  `${isMember("pg_opfamily", family)} OR ${isMember(catalog, column)}
     OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_depend e
       ON (e.classid, e.objid, e.deptype) = (d.refclassid, d.refobjid, 'e'::"char")
     WHERE d.classid = o.tableoid AND d.objid = o.oid AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass)`;

export const CATALOGS: Readonly<Record<string, CatalogCoverage>> = {
  pg_aggregate: part,
  pg_am: dumped,
  pg_amop: { how: "dumped", except: belongsToExtension("amopfamily", "pg_operator", "amopopr") },
  pg_amproc: { how: "dumped", except: belongsToExtension("amprocfamily", "pg_proc", "amproc") },
  // An identity column uses no default.
  pg_attrdef: {
    how: "dumped",
    relation: "adrelid",
    except: `EXISTS (SELECT FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = o.adrelid AND a.attnum = o.adnum AND a.attidentity <> '')`,
  },
  pg_attribute: part,
  pg_auth_members: cluster,
  pg_authid: cluster,
  pg_cast: dumped,
  pg_class: {
    how: "dumped",
    relation: "oid",
    // The relations of composite types are defined by the type. Invalid indexes are left out with a warning.
    except: `o.relkind = 'c' OR o.relkind IN ('i', 'I') AND EXISTS (SELECT FROM pg_catalog.pg_index i
     WHERE i.indexrelid = o.oid AND (i.indrelid IN (SELECT oid FROM extension_relation) OR o.relkind = 'i' AND NOT i.indisvalid))`,
  },
  pg_collation: dumped,
  pg_constraint: {
    how: "dumped",
    relation: "conrelid",
    except: isMember("pg_type", "contypid"),
  },
  pg_conversion: dumped,
  pg_database: cluster,
  pg_db_role_setting: cluster,
  pg_default_acl: dumped,
  pg_depend: part,
  pg_description: part,
  pg_enum: part,
  pg_event_trigger: dumped,
  pg_extension: dumped,
  pg_foreign_data_wrapper: dumped,
  pg_foreign_server: dumped,
  pg_foreign_table: part,
  pg_index: part,
  pg_inherits: part,
  pg_init_privs: part,
  pg_language: dumped,
  pg_largeobject: part,
  // pg_depend and pg_description refer to large objects by pg_largeobject, and users choose their oids.
  pg_largeobject_metadata: { how: "dumped", anyOid: true, addressedAs: CATALOG.largeObject },
  pg_namespace: { how: "dumped", except: "o.oid IN (SELECT oid FROM ignored_schema)" },
  pg_opclass: dumped,
  pg_operator: {
    how: "dumped",
    // Not defined, but named as the commutator or negator of another operator, whose definition creates it.
    except: "o.oprcode = 0",
  },
  pg_opfamily: dumped,
  pg_parameter_acl: { how: "cluster", since: 15 },
  pg_partitioned_table: part,
  pg_policy: { how: "dumped", relation: "polrelid" },
  pg_proc: dumped,
  pg_publication: dumped,
  pg_publication_namespace: { how: "dumped", since: 15 },
  pg_publication_rel: dumped,
  pg_range: part,
  pg_replication_origin: cluster,
  pg_rewrite: { how: "dumped", relation: "ev_class" },
  pg_seclabel: part,
  pg_sequence: part,
  pg_shdepend: cluster,
  pg_shdescription: cluster,
  pg_shseclabel: cluster,
  pg_statistic: state,
  pg_statistic_ext: { how: "dumped", relation: "stxrelid" },
  pg_statistic_ext_data: state,
  // A shared catalog, but each subscription belongs to one database.
  pg_subscription: {
    how: "dumped",
    except: `o.subdbid <> ${CURRENT_DATABASE}`,
  },
  pg_subscription_rel: state,
  pg_tablespace: cluster,
  pg_transform: dumped,
  // Constraints create their triggers, and triggers of partitioned tables those of the partitions.
  pg_trigger: {
    how: "dumped",
    relation: "tgrelid",
    except: "o.tgisinternal OR o.tgparentid <> 0",
  },
  pg_ts_config: dumped,
  pg_ts_config_map: part,
  pg_ts_dict: dumped,
  pg_ts_parser: dumped,
  pg_ts_template: dumped,
  pg_type: {
    how: "dumped",
    // Created with another object: array types, multirange types, row types of relations.
    except: `EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = o.typelem AND e.typarray = o.oid) OR o.typtype = 'm' OR o.typtype = 'c' AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c
     WHERE c.oid = o.typrelid AND c.relkind = 'c')`,
  },
  pg_user_mapping: dumped,
};
