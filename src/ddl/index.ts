/** All pieces of a schema, in no particular order. */
import { accessMethods } from "./access-method.ts";
import { careful } from "./addition.ts";
import { privileges } from "./acl.ts";
import { aggregates } from "./aggregate.ts";
import { baseTypes } from "./base-type.ts";
import { casts } from "./cast.ts";
import { checkConstraints } from "./check-constraint.ts";
import { collations } from "./collation.ts";
import { comments } from "./comment.ts";
import { compositeTypes } from "./composite-type.ts";
import type { DdlContext } from "./context.ts";
import { conversions } from "./conversion.ts";
import { databaseProperties } from "./database.ts";
import { defaultPrivileges } from "./default-acl.ts";
import { defaults } from "./default.ts";
import { domains } from "./domain.ts";
import { enumTypes } from "./enum-type.ts";
import { eventTriggers } from "./event-trigger.ts";
import { extensionDependencies } from "./extension-dependency.ts";
import { extensions } from "./extension.ts";
import { foreignDataWrappers } from "./foreign-data-wrapper.ts";
import { foreignKeys } from "./foreign-key.ts";
import { foreignServers } from "./foreign-server.ts";
import { functions } from "./function.ts";
import { indexes, replicaIdentities } from "./index-relation.ts";
import { languages, transforms } from "./language.ts";
import { largeObjects } from "./large-object.ts";
import { namespaces } from "./namespace.ts";
import { notNullConstraints } from "./not-null.ts";
import { operators } from "./operator.ts";
import { operatorClasses, operatorFamilies, operatorFamilyMembers } from "./operator-class.ts";
import { owners } from "./owner.ts";
import type { Piece } from "./piece.ts";
import { policies, rowSecurity } from "./policy.ts";
import { publications } from "./publication.ts";
import { rangeTypes } from "./range-type.ts";
import { refreshes } from "./refresh.ts";
import { rules } from "./rule.ts";
import { securityLabels } from "./security-label.ts";
import { sequences } from "./sequence.ts";
import { statistics } from "./statistics.ts";
import { subscriptions } from "./subscription.ts";
import { tables } from "./table.ts";
import {
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchParsers,
  textSearchTemplates,
} from "./text-search.ts";
import { triggers } from "./trigger.ts";
import { shellTypes } from "./type.ts";
import { userMappings } from "./user-mapping.ts";
import { views } from "./view.ts";

/** One emitter for each family of objects; the order of this list means nothing. */
const EMITTERS: readonly ((context: DdlContext) => Piece[])[] = [
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

/** Everything that the catalog holds, as pieces, without comments, owners, privileges and labels. */
export function pieces(context: DdlContext): readonly Piece[] {
  const all = EMITTERS.map((emit) => emit(context));
  return careful(context, ([] as Piece[]).concat(...all));
}

/** What is said of those pieces: comments, owners, privileges, labels, ties to extensions, each a piece of its own. */
export function satellites(
  context: DdlContext,
  pieces: readonly Piece[],
  wanted: { readonly owner: boolean; readonly privileges: boolean },
): Piece[] {
  return [
    ...comments(context, pieces),
    ...extensionDependencies(context, pieces),
    ...(wanted.owner ? owners(context, pieces) : []),
    ...(wanted.privileges ? privileges(context, pieces) : []),
    ...securityLabels(context, pieces),
  ];
}
