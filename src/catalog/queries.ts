/** All kinds of rows that a catalog consists of, with the queries that read them. */
import { accessMethods } from "./access-method.ts";
import { aggregates } from "./aggregate.ts";
import { baseTypes } from "./base-type.ts";
import { casts } from "./cast.ts";
import { collations } from "./collation.ts";
import { columns } from "./column.ts";
import { comments } from "./comment.ts";
import { compositeColumns } from "./composite-type.ts";
import { constraints } from "./constraint.ts";
import { conversions } from "./conversion.ts";
import { databaseProperties, databaseSettings } from "./database-properties.ts";
import { defaultAcls } from "./default-acl.ts";
import { depends } from "./depend.ts";
import { domainConstraints, domains } from "./domain.ts";
import { enumLabels } from "./enum-type.ts";
import { eventTriggers } from "./event-trigger.ts";
import { extensions } from "./extension.ts";
import { foreignDataWrappers } from "./foreign-data-wrapper.ts";
import { foreignServers } from "./foreign-server.ts";
import { functions } from "./function.ts";
import { indexes } from "./index-relation.ts";
import { changedPrivileges } from "./init-privs.ts";
import { languages } from "./language.ts";
import { largeObjects } from "./large-object.ts";
import { namespaces } from "./namespace.ts";
import { operatorClasses, operatorFamilies, operatorMembers } from "./operator-class.ts";
import { operators } from "./operator.ts";
import { partitionRoutings } from "./partition-routing.ts";
import { policies } from "./policy.ts";
import { publicationRelations, publications, publicationSchemas } from "./publication.ts";
import type { CatalogQuery } from "./query.ts";
import { rangeTypes } from "./range-type.ts";
import { inherits, relations, tableSizes } from "./relation.ts";
import { roles } from "./role.ts";
import { rules } from "./rule.ts";
import { securityLabels } from "./security-label.ts";
import { sequences } from "./sequence.ts";
import { statistics } from "./statistics.ts";
import { subscriptions } from "./subscription.ts";
import {
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchMappings,
  textSearchParsers,
  textSearchTemplates,
} from "./text-search.ts";
import { transforms } from "./transform.ts";
import { triggers } from "./trigger.ts";
import { types } from "./type.ts";
import { userMappings } from "./user-mapping.ts";
import { catalogTables } from "./coverage/catalog-table.ts";
import { extensionUserObjects } from "./inferred/extension-user-object.ts";
import { manualExtensionMembers } from "./inferred/manual-extension-member.ts";
import { unsureCalls } from "./inferred/unsure-call.ts";
import { staleColumnLists } from "./inferred/stale-column-list.ts";

export const QUERIES = {
  accessMethods,
  extensionUserObjects,
  manualExtensionMembers,
  aggregates,
  baseTypes,
  casts,
  catalogTables,
  changedPrivileges,
  collations,
  columns,
  comments,
  compositeColumns,
  constraints,
  conversions,
  databaseProperties,
  databaseSettings,
  defaultAcls,
  depends,
  domainConstraints,
  domains,
  enumLabels,
  eventTriggers,
  extensions,
  foreignDataWrappers,
  foreignServers,
  functions,
  indexes,
  inherits,
  languages,
  largeObjects,
  namespaces,
  operatorClasses,
  operatorFamilies,
  operatorMembers,
  operators,
  partitionRoutings,
  policies,
  publicationRelations,
  publicationSchemas,
  publications,
  rangeTypes,
  relations,
  roles,
  rules,
  securityLabels,
  sequences,
  staleColumnLists,
  statistics,
  subscriptions,
  tableSizes,
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchMappings,
  textSearchParsers,
  textSearchTemplates,
  transforms,
  triggers,
  types,
  unsureCalls,
  userMappings,
} satisfies Record<string, CatalogQuery<unknown>>;
