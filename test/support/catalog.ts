/** Catalogs for tests of the emitters: a value as the server would give it, made without a server. */
import type { AggregateRow } from "../../src/catalog/aggregate.ts";
import type { BaseTypeRow } from "../../src/catalog/base-type.ts";
import { type Address, address, CATALOG } from "../../src/catalog/address.ts";
import type { ColumnRow } from "../../src/catalog/column.ts";
import type { ConstraintRow } from "../../src/catalog/constraint.ts";
import type { FunctionRow } from "../../src/catalog/function.ts";
import type { IndexRow } from "../../src/catalog/index-relation.ts";
import type { Catalog } from "../../src/catalog/read.ts";
import type { RelationRow } from "../../src/catalog/relation.ts";
import type { SequenceRow } from "../../src/catalog/sequence.ts";
import type { TriggerRow } from "../../src/catalog/trigger.ts";
import type { TypeRow } from "../../src/catalog/type.ts";
import { type DdlContext, ddlContext, type DdlOptions } from "../../src/ddl/context.ts";
import type { DumpableObject } from "../../src/ddl/dumpable-object.ts";

/** Oids of the schemas and roles that every catalog has. */
export const PUBLIC = 2200;
export const SHOP = 16384;
export const PG_CATALOG = 11;
export const POSTGRES = 10;
export const ALICE = 16385;

const OWNER = { owner: POSTGRES, acl: null, aclDefault: ["postgres=arwdDxt/postgres"] };

const EMPTY: Catalog = {
  accessMethods: [],
  aggregates: [],
  baseTypes: [],
  casts: [],
  catalogTables: [],
  changedPrivileges: [],
  collations: [],
  columns: [],
  comments: [],
  compositeColumns: [],
  constraints: [],
  conversions: [],
  databaseProperties: [],
  databaseSettings: [],
  defaultAcls: [],
  depends: [],
  domainConstraints: [],
  domains: [],
  enumLabels: [],
  eventTriggers: [],
  extensions: [],
  extensionUserObjects: [],
  foreignDataWrappers: [],
  foreignServers: [],
  functions: [],
  indexes: [],
  inherits: [],
  languages: [],
  largeObjects: [],
  manualExtensionMembers: [],
  namespaces: [
    { oid: PG_CATALOG, name: "pg_catalog", ...OWNER },
    { oid: PUBLIC, name: "public", ...OWNER, aclDefault: ["postgres=UC/postgres"] },
    { oid: SHOP, name: "shop", ...OWNER, aclDefault: ["postgres=UC/postgres"] },
  ],
  operatorClasses: [],
  operatorFamilies: [],
  operatorMembers: [],
  operators: [],
  partitionRoutings: [],
  policies: [],
  publicationRelations: [],
  publicationSchemas: [],
  publications: [],
  rangeTypes: [],
  relations: [],
  roles: [
    { oid: POSTGRES, name: "postgres" },
    { oid: ALICE, name: "Alice" },
  ],
  rules: [],
  securityLabels: [],
  sequences: [],
  staleColumnLists: [],
  statistics: [],
  subscriptions: [],
  tableSizes: [],
  textSearchConfigurations: [],
  textSearchDictionaries: [],
  textSearchMappings: [],
  textSearchParsers: [],
  textSearchTemplates: [],
  transforms: [],
  triggers: [],
  types: [],
  unsureCalls: [],
  userMappings: [],
  version: { num: 170000, major: 17 },
  database: {
    oid: 5,
    name: "sample",
    encoding: "UTF8",
    collate: "C",
    ctype: "C",
    serverVersion: "17.0",
    now: "2026-01-01T00:00:00Z",
    isSuperuser: true,
    login: POSTGRES,
    inRecovery: false,
  },
  members: new Map(),
};

const DEFAULT_OPTIONS: DdlOptions = {
  noTablespaces: false,
  noTableAccessMethod: false,
  noToastCompression: false,
  userMappingSecrets: false,
  databaseProperties: false,
};

export interface ContextOptions extends Partial<DdlOptions> {
  /** The major that the catalog is from. */
  readonly major?: number;
  /** What the plan took out of the object it belongs to. */
  readonly separate?: readonly Address[];
}

/** A context over a catalog that holds what is given and nothing else. */
export function contextOf(
  rows: Partial<Catalog>,
  { major = 17, separate = [], ...options }: ContextOptions = {},
): DdlContext {
  const catalog = { ...EMPTY, version: { num: major * 10000, major }, ...rows };
  return ddlContext(catalog, { ...DEFAULT_OPTIONS, ...options }, new Set(separate));
}

type Emitter = (context: DdlContext) => readonly DumpableObject[];

/** The statements that an emitter writes, in its own order. */
export function statementsOf(
  emitter: Emitter,
  rows: Partial<Catalog>,
  options?: ContextOptions,
): string[] {
  return emitter(contextOf(rows, options)).flatMap((object) => [...object.sql()]);
}

/** The members of an extension, for `Catalog.members`. */
export function membersOf(
  extension: number,
  ...objects: readonly (readonly [catalog: keyof typeof CATALOG, oid: number])[]
): ReadonlyMap<Address, number> {
  return new Map(objects.map(([catalog, oid]) => [address(CATALOG[catalog], oid), extension]));
}

export function tableRow(oid: number, name: string, row: Partial<RelationRow> = {}): RelationRow {
  return {
    oid,
    name,
    namespace: SHOP,
    kind: "r",
    persistence: "p",
    ...OWNER,
    rowType: oid + 1,
    arrayType: oid + 2,
    ofType: null,
    accessMethod: row.kind === "v" || row.kind === "f" || row.kind === "p" ? null : "heap",
    tablespace: null,
    options: null,
    toastOptions: null,
    isToastLeft: false,
    rowSecurity: false,
    forceRowSecurity: false,
    replicaIdentity: "d",
    isPartition: false,
    isPopulated: true,
    partitionKey: null,
    partitionBound: null,
    definition: null,
    foreignServer: null,
    foreignOptions: null,
    rows: 0,
    ...row,
  };
}

export function columnRow(
  relation: number,
  number: number,
  name: string,
  row: Partial<ColumnRow> = {},
): ColumnRow {
  return {
    relation,
    number,
    name,
    type: "integer",
    notNull: false,
    identity: "",
    generated: "",
    isLocal: true,
    statisticsTarget: -1,
    storage: "p",
    typeStorage: "p",
    compression: "",
    collation: null,
    options: null,
    foreignOptions: null,
    acl: null,
    defaultValue: null,
    defaultOid: null,
    hasUnusedDefault: false,
    ...row,
  };
}

export function constraintRow(
  oid: number,
  relation: number,
  name: string,
  row: Partial<ConstraintRow>,
): ConstraintRow {
  return {
    oid,
    relation,
    name,
    type: "c",
    definition: "",
    isLocal: true,
    isValidated: true,
    noInherit: false,
    byExclusion: false,
    isEnforced: true,
    isTemporal: false,
    comparesRanges: false,
    isMisvalidated: false,
    deleteSetsColumns: false,
    deleteSetsOtherColumns: false,
    deferrable: false,
    deferred: false,
    index: 0,
    parent: 0,
    references: 0,
    columns: [],
    ...row,
  };
}

export function indexRow(
  oid: number,
  relation: number,
  name: string,
  row: Partial<IndexRow> = {},
): IndexRow {
  return {
    oid,
    name,
    relation,
    definition: `CREATE INDEX ${name} ON shop.t USING btree (a)`,
    accessMethod: "btree",
    parent: 0,
    isPartitioned: false,
    isUnique: false,
    isPrimary: false,
    isValid: true,
    isReady: true,
    isClustered: false,
    isReplicaIdentity: false,
    nullsNotDistinct: false,
    hasDefaultInetOps: false,
    referable: [],
    tablespace: null,
    options: null,
    statisticsColumns: [],
    statisticsTargets: [],
    ...row,
  };
}

export function functionRow(oid: number, name: string, row: Partial<FunctionRow>): FunctionRow {
  return {
    oid,
    name,
    namespace: SHOP,
    ...OWNER,
    aclDefault: ["=X/postgres", "postgres=X/postgres"],
    kind: "f",
    isProcedureWithOut: false,
    defaults: 0,
    argumentTypes: "integer",
    identityArguments: "a integer",
    arguments: "a integer",
    result: "integer",
    language: "sql",
    transformTypes: [],
    volatility: "v",
    parallel: "u",
    isStrict: false,
    securityDefiner: false,
    leakProof: false,
    cost: "100",
    rows: "0",
    returnsSet: false,
    support: null,
    settings: null,
    source: "SELECT a",
    library: null,
    sqlBody: null,
    callsItself: false,
    ...row,
  };
}

export function aggregateRow(func: number, row: Partial<AggregateRow> = {}): AggregateRow {
  return {
    function: func,
    kind: "n",
    transition: "pg_catalog.int4pl",
    final: null,
    combine: null,
    serial: null,
    deserial: null,
    movingTransition: null,
    movingInverse: null,
    movingFinal: null,
    finalExtra: false,
    movingFinalExtra: false,
    finalModify: "r",
    movingFinalModify: "r",
    sortOperator: null,
    stateType: "integer",
    movingStateType: null,
    stateSpace: 0,
    movingStateSpace: 0,
    initial: null,
    movingInitial: null,
    ...row,
  };
}

export function typeRow(oid: number, name: string, type: TypeRow["type"]): TypeRow {
  const aclDefault = ["=U/postgres", "postgres=U/postgres"];
  return { oid, name, namespace: SHOP, ...OWNER, aclDefault, type, arrayType: oid + 1 };
}

export function baseTypeRow(type: number, row: Partial<BaseTypeRow> = {}): BaseTypeRow {
  return {
    type,
    input: "shop.box_in",
    output: "shop.box_out",
    receive: null,
    send: null,
    typmodIn: null,
    typmodOut: null,
    analyze: null,
    subscript: null,
    length: -1,
    passedByValue: false,
    alignment: "i",
    storage: "p",
    category: "U",
    isPreferred: false,
    default: null,
    element: null,
    delimiter: ",",
    collatable: false,
    ...row,
  };
}

export function sequenceRow(oid: number, row: Partial<SequenceRow> = {}): SequenceRow {
  return {
    oid,
    type: "bigint",
    start: "1",
    increment: "1",
    min: "1",
    max: "9223372036854775807",
    cache: "1",
    cycle: false,
    ownerRelation: null,
    ownerColumn: null,
    ownerType: null,
    typeOfSameName: null,
    ...row,
  };
}

export function triggerRow(
  oid: number,
  relation: number,
  name: string,
  row: Partial<TriggerRow> = {},
): TriggerRow {
  return {
    oid,
    name,
    ownName: null,
    relation,
    definition: `CREATE TRIGGER ${name} AFTER INSERT ON shop.t FOR EACH ROW EXECUTE FUNCTION shop.f()`,
    enabled: "O",
    isInherited: false,
    hasOwnState: false,
    parent: 0,
    constraint: 0,
    ...row,
  };
}
