/** All dumpable objects of a schema, in no particular order. */
import { accessMethods } from "./kinds/access-method.ts";
import { guardExisting } from "./guard-existing.ts";
import { privileges } from "./components/acl.ts";
import { aggregates } from "./kinds/aggregate.ts";
import { baseTypes } from "./kinds/base-type.ts";
import { casts } from "./kinds/cast.ts";
import { checkConstraints } from "./kinds/check-constraint.ts";
import { collations } from "./kinds/collation.ts";
import { comments } from "./components/comment.ts";
import { compositeTypes } from "./kinds/composite-type.ts";
import type { DdlContext } from "./context.ts";
import { conversions } from "./kinds/conversion.ts";
import { databaseProperties } from "./kinds/database.ts";
import { defaultPrivileges } from "./kinds/default-acl.ts";
import { defaults } from "./kinds/default.ts";
import { domains } from "./kinds/domain.ts";
import { enumTypes } from "./kinds/enum-type.ts";
import { eventTriggers } from "./kinds/event-trigger.ts";
import { extensionDependencies } from "./components/extension-dependency.ts";
import { extensions } from "./kinds/extension.ts";
import { foreignDataWrappers } from "./kinds/foreign-data-wrapper.ts";
import { foreignKeys } from "./kinds/foreign-key.ts";
import { foreignServers } from "./kinds/foreign-server.ts";
import { functions } from "./kinds/function.ts";
import { indexes } from "./kinds/index-relation.ts";
import { languages, transforms } from "./kinds/language.ts";
import { largeObjects } from "./kinds/large-object.ts";
import { namespaces } from "./kinds/namespace.ts";
import { notNullConstraints } from "./kinds/not-null.ts";
import { operators } from "./kinds/operator.ts";
import {
  operatorClasses,
  operatorFamilies,
  operatorFamilyMembers,
} from "./kinds/operator-class.ts";
import { owners } from "./components/owner.ts";
import type { DumpableObject } from "./dumpable-object.ts";
import { policies, rowSecurity } from "./kinds/policy.ts";
import { publications } from "./kinds/publication.ts";
import { rangeTypes } from "./kinds/range-type.ts";
import { refreshes } from "./kinds/refresh.ts";
import { replicaIdentities } from "./kinds/replica-identity.ts";
import { rules } from "./kinds/rule.ts";
import { securityLabels } from "./components/security-label.ts";
import { sequences } from "./kinds/sequence.ts";
import { statistics } from "./kinds/statistics.ts";
import { subscriptions } from "./kinds/subscription.ts";
import { tables } from "./kinds/table.ts";
import {
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchParsers,
  textSearchTemplates,
} from "./kinds/text-search.ts";
import { triggers } from "./kinds/trigger.ts";
import { shellTypes } from "./kinds/type.ts";
import { userMappings } from "./kinds/user-mapping.ts";
import { views } from "./kinds/view.ts";

/** One emitter for each family of objects, in any order. */
const EMITTERS: readonly ((context: DdlContext) => DumpableObject[])[] = [
  accessMethods,
  aggregates,
  baseTypes,
  casts,
  checkConstraints,
  collations,
  compositeTypes,
  conversions,
  databaseProperties,
  defaultPrivileges,
  defaults,
  domains,
  enumTypes,
  eventTriggers,
  extensions,
  foreignDataWrappers,
  foreignKeys,
  foreignServers,
  functions,
  indexes,
  languages,
  largeObjects,
  namespaces,
  notNullConstraints,
  operatorClasses,
  operatorFamilies,
  operatorFamilyMembers,
  operators,
  policies,
  publications,
  rangeTypes,
  refreshes,
  replicaIdentities,
  rowSecurity,
  rules,
  sequences,
  shellTypes,
  statistics,
  subscriptions,
  tables,
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchParsers,
  textSearchTemplates,
  transforms,
  triggers,
  userMappings,
  views,
];

/** All objects of the catalog, without their components. */
export function dumpableObjects(context: DdlContext): readonly DumpableObject[] {
  const lists = EMITTERS.map((emit) => emit(context));
  return guardExisting(context, ([] as DumpableObject[]).concat(...lists));
}

/** Comments, owners, privileges, security labels and dependencies on extensions of those objects. */
export function components(
  context: DdlContext,
  objects: readonly DumpableObject[],
  options: { readonly owner: boolean; readonly privileges: boolean },
): DumpableObject[] {
  return [
    ...comments(context, objects),
    ...extensionDependencies(context, objects),
    ...(options.owner ? owners(context, objects) : []),
    ...(options.privileges ? privileges(context, objects) : []),
    ...securityLabels(context, objects),
  ];
}
