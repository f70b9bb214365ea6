/**
 * Every system catalog of every supported major, and what a dump does with its rows; and the values of the columns
 * that tell kinds apart. A server with a catalog, a column or a value that is not here holds something that nobody
 * here has thought of: `unclaimed.ts` looks for its objects, and a test compares these lists with each server.
 */
import { saysMember } from "../depend.ts";

export interface CatalogCoverage {
  /**
   * carried: each row is an object that a piece must claim;
   * part: rows belong to objects of other catalogs and are written with them;
   * cluster: shared by all databases, and no business of one database's dump, as for pg_dump;
   * state: what the server knows or does, not what the schema says.
   */
  readonly how: "carried" | "part" | "cluster" | "state";
  /** The majors that have it, both included; all when absent. */
  readonly since?: number;
  /** Of `carried`: which rows (as `o`) need no piece of their own, as a condition over the names of `unclaimed.ts`. */
  readonly except?: string;
  /** Of `carried`: the column with the relation that the row belongs to. Those of temporary tables and of extensions' tables are not looked at. */
  readonly relation?: string;
  /** Whether rows with the oids of PostgreSQL's own objects can be users'. */
  readonly anyOid?: boolean;
  /** The catalog under which objects are known elsewhere, where it is not this one. */
  readonly addressedAs?: number;
}

const carried: CatalogCoverage = { how: "carried" };
const part: CatalogCoverage = { how: "part" };
const cluster: CatalogCoverage = { how: "cluster" };
const state: CatalogCoverage = { how: "state" };

/** Whether the object that a row refers to is a member of an extension. */
const isMember = (catalog: string, column: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
     AND e.objid = o.${column} AND ${saysMember("e")})`;

/** An operator or function of a class or family goes with the extension that has the one or the other or itself. */
const isExtensions = (family: string, catalog: string, column: string): string =>
  `${isMember("pg_opfamily", family)} OR ${isMember(catalog, column)}
     OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_depend e
       ON (e.classid, e.objid, e.deptype) = (d.refclassid, d.refobjid, 'e'::"char")
     WHERE d.classid = o.tableoid AND d.objid = o.oid AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass)`;

export const CATALOGS: Readonly<Record<string, CatalogCoverage>> = {
  pg_aggregate: part,
  pg_am: carried,
  pg_amop: { how: "carried", except: isExtensions("amopfamily", "pg_operator", "amopopr") },
  pg_amproc: { how: "carried", except: isExtensions("amprocfamily", "pg_proc", "amproc") },
  pg_attrdef: { how: "carried", relation: "adrelid" },
  pg_attribute: part,
  pg_auth_members: cluster,
  pg_authid: cluster,
  pg_cast: carried,
  pg_class: {
    how: "carried",
    relation: "oid",
    // A composite type's relation goes with its type, an index with its table; invalid ones are reported and left out.
    except: `o.relkind = 'c' OR o.relkind IN ('i', 'I') AND EXISTS (SELECT FROM pg_catalog.pg_index i
     WHERE i.indexrelid = o.oid AND (i.indrelid IN (SELECT oid FROM passed) OR o.relkind = 'i' AND NOT i.indisvalid))`,
  },
  pg_collation: carried,
  pg_constraint: {
    how: "carried",
    relation: "conrelid",
    except: isMember("pg_type", "contypid"),
  },
  pg_conversion: carried,
  pg_database: cluster,
  pg_db_role_setting: cluster,
  pg_default_acl: carried,
  pg_depend: part,
  pg_description: part,
  pg_enum: part,
  pg_event_trigger: carried,
  pg_extension: carried,
  pg_foreign_data_wrapper: carried,
  pg_foreign_server: carried,
  pg_foreign_table: part,
  pg_index: part,
  pg_inherits: part,
  pg_init_privs: part,
  pg_language: carried,
  pg_largeobject: part,
  // pg_depend and pg_description know large objects under pg_largeobject, and users choose their oids.
  pg_largeobject_metadata: { how: "carried", anyOid: true, addressedAs: 2613 },
  pg_namespace: { how: "carried", except: "o.oid IN (SELECT oid FROM temporary)" },
  pg_opclass: carried,
  pg_operator: {
    how: "carried",
    // Named as another's commutator or negator and never defined: it goes with the one that names it.
    except: "o.oprcode = 0",
  },
  pg_opfamily: carried,
  pg_parameter_acl: { how: "cluster", since: 15 },
  pg_partitioned_table: part,
  pg_policy: { how: "carried", relation: "polrelid" },
  pg_proc: carried,
  pg_publication: carried,
  pg_publication_namespace: { how: "carried", since: 15 },
  pg_publication_rel: carried,
  pg_range: part,
  pg_replication_origin: cluster,
  pg_rewrite: { how: "carried", relation: "ev_class" },
  pg_seclabel: part,
  pg_sequence: part,
  pg_shdepend: cluster,
  pg_shdescription: cluster,
  pg_shseclabel: cluster,
  pg_statistic: state,
  pg_statistic_ext: carried,
  pg_statistic_ext_data: state,
  // Shared, but each subscription is one database's.
  pg_subscription: {
    how: "carried",
    except: `o.subdbid <> (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
  },
  pg_subscription_rel: state,
  pg_tablespace: cluster,
  pg_transform: carried,

  // Triggers behind keys go with the key, those that a partition was given with the parent's.
  pg_trigger: {
    how: "carried",
    relation: "tgrelid",
    except: "o.tgisinternal OR o.tgparentid <> 0",
  },
  pg_ts_config: carried,
  pg_ts_config_map: part,
  pg_ts_dict: carried,
  pg_ts_parser: carried,
  pg_ts_template: carried,
  pg_type: {
    how: "carried",
    // An array goes with its element, a multirange with its range, a row type with its relation.
    except: `o.oid IN (SELECT typarray FROM pg_catalog.pg_type) OR o.typtype = 'm' OR o.typtype = 'c' AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c
     WHERE c.oid = o.typrelid AND c.relkind = 'c')`,
  },
  pg_user_mapping: carried,
};

/** Values of `"char"` columns that are understood; null where any value is just copied, or none is read. */
export const KIND_VALUES: Readonly<Record<string, readonly string[] | null>> = {
  "pg_aggregate.aggfinalmodify": [..."rsw"],
  "pg_aggregate.aggkind": [..."nho"],
  "pg_aggregate.aggmfinalmodify": [..."rsw"],
  "pg_am.amtype": [..."it"],
  "pg_amop.amoppurpose": [..."so"],
  "pg_attribute.attalign": null,
  "pg_attribute.attcompression": ["", "p", "l"],
  "pg_attribute.attgenerated": ["", "s", "v"],
  "pg_attribute.attidentity": ["", "a", "d"],
  "pg_attribute.attstorage": [..."pemx"],
  "pg_cast.castcontext": [..."eai"],
  "pg_cast.castmethod": [..."fbi"],
  "pg_class.relkind": [..."rpfvmSiIct"],
  "pg_class.relpersistence": [..."put"],
  "pg_class.relreplident": [..."dnfi"],
  "pg_collation.collprovider": [..."dcib"],
  "pg_constraint.confdeltype": [..." arcnd"],
  "pg_constraint.confmatchtype": [..." fps"],
  "pg_constraint.confupdtype": [..." arcnd"],
  "pg_constraint.contype": [..."cfnputx"],
  "pg_database.datlocprovider": [..."cib"],
  "pg_default_acl.defaclobjtype": [..."rSfTnL"],
  "pg_depend.deptype": [..."naiPSexp"],
  "pg_event_trigger.evtenabled": [..."ODRA"],
  "pg_init_privs.privtype": [..."ie"],
  "pg_operator.oprkind": [..."blr"],
  "pg_partitioned_table.partstrat": [..."rlh"],
  "pg_policy.polcmd": [..."*rawd"],
  "pg_proc.proargmodes": null,
  "pg_proc.prokind": [..."fapw"],
  "pg_proc.proparallel": [..."sru"],
  "pg_proc.provolatile": [..."isv"],
  "pg_publication.pubgencols": [..."ns"],
  "pg_rewrite.ev_enabled": [..."ODRA"],
  "pg_rewrite.ev_type": [..."1234"],
  "pg_shdepend.deptype": null,
  "pg_statistic_ext.stxkind": null,
  "pg_subscription.substream": [..."ftp"],
  "pg_subscription.subtwophasestate": [..."dpe"],
  "pg_subscription_rel.srsubstate": null,
  "pg_trigger.tgenabled": [..."ODRA"],
  "pg_type.typalign": [..."csid"],
  "pg_type.typcategory": null,
  "pg_type.typdelim": null,
  "pg_type.typstorage": [..."pemx"],
  "pg_type.typtype": [..."bcdemrp"],
};
