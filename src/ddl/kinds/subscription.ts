/**
 * CREATE SUBSCRIPTION without a connection: as in pg_dump it is created disabled and without a replication slot, so that
 * a restored copy never consumes the changes of the original. Passwords are left out unless the options ask for them.
 */
import { type Warning, warning } from "../../warnings.ts";
import { address, CATALOG } from "../../catalog/address.ts";
import type { SubscriptionRow } from "../../catalog/subscription.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { withoutSecrets } from "../../sql/conninfo/secrets.ts";
import { sinceMajor } from "../conditional-statement.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

/** `substream` (src/include/catalog/pg_subscription.h). Always written, as 18 changed the default. */
const STREAMING: Readonly<Record<string, string>> = { f: "off", t: "on", p: "parallel" };

export function subscriptions(context: DdlContext): DumpableObject[] {
  const { catalog, options: ddlOptions } = context;
  return catalog.subscriptions.map((row): DumpableObject => {
    const id = address(CATALOG.subscription, row.oid);
    const name = quoteIdent(row.name);
    const publications = row.publications.map(quoteIdent).join(", ");
    const { clause, warnings } = connection(row, ddlOptions.userMappingSecrets);
    return {
      id,
      kind: "subscription",
      namespace: null,
      name: row.name,
      section: "post-data",
      addresses: [id],
      sql: () => [
        `CREATE SUBSCRIPTION ${name}\n    ${clause}\n    PUBLICATION ${publications}\n    WITH (${options(row).join(", ")})`,
        ...laterDefaults(context, row, name),
      ],
      features: optionFeatures(row),
      target: `SUBSCRIPTION ${name}`,
      owner: row.owner,
      warnings,
    };
  });
}

/** SERVER or CONNECTION, and what is missing from the connection string. */
function connection(
  row: SubscriptionRow,
  withSecrets: boolean,
): { readonly clause: string; readonly warnings: readonly Warning[] } {
  if (row.server !== null) return { clause: `SERVER ${quoteIdent(row.server)}`, warnings: [] };
  const { text, warnings } = connectionString(row, withSecrets);
  return { clause: `CONNECTION ${quoteLiteral(text)}`, warnings };
}

function connectionString(
  row: SubscriptionRow,
  withSecrets: boolean,
): { readonly text: string; readonly warnings: readonly Warning[] } {
  const subscription = `subscription ${quoteIdent(row.name)}`;
  if (row.conninfo === null) {
    const more = row.synchronousCommit === null ? " and synchronous_commit" : "";
    const message = `${subscription} was written without its connection string${more}, which only a superuser can read`;
    return { text: "", warnings: [warning("subscription-connection", subscription, message)] };
  }
  if (withSecrets) return { text: row.conninfo, warnings: [] };
  const safe = withoutSecrets(row.conninfo);
  const message = `${subscription} was written without the password in its connection string`;
  return {
    text: safe.text,
    warnings: safe.stripped ? [warning("subscription-password", subscription, message)] : [],
  };
}

function options(row: SubscriptionRow): string[] {
  const streaming = STREAMING[row.streaming ?? ""];
  return [
    "connect = false",
    // Not the default, which is the name of the subscription: as a name of a slot it may not be valid.
    ...(row.slotName === row.name
      ? []
      : [`slot_name = ${row.slotName === null ? "NONE" : quoteLiteral(row.slotName)}`]),
    ...(row.binary === true ? ["binary = true"] : []),
    ...(streaming === undefined ? [] : [`streaming = ${streaming}`]),
    ...(row.twoPhase === true ? ["two_phase = on"] : []),
    ...(row.disableOnError === true ? ["disable_on_error = true"] : []),
    ...(row.passwordRequired === false ? ["password_required = false"] : []),
    ...(row.runAsOwner === true ? ["run_as_owner = true"] : []),
    ...(row.failover === true ? ["failover = true"] : []),
    ...(row.retainDeadTuples === true ? ["retain_dead_tuples = true"] : []),
    ...(hasMaxRetention(row) ? [`max_retention_duration = ${row.maxRetention}`] : []),
    ...(hasReceiverTimeout(row)
      ? [`wal_receiver_timeout = ${quoteLiteral(row.receiverTimeout!)}`]
      : []),
    ...(row.synchronousCommit === null || row.synchronousCommit === "off"
      ? []
      : [`synchronous_commit = ${quoteLiteral(row.synchronousCommit)}`]),
    ...(row.origin === null || row.origin === "any"
      ? []
      : [`origin = ${quoteLiteral(row.origin)}`]),
  ];
}

/**
 * Keeps what later majors changed the default of: until 15 changes were applied as the owner of the subscription, not of
 * the table, and 13 had no streaming. A reproducible archive is the same from all majors and leaves it out.
 */
function laterDefaults(
  { catalog, options: { reproducible = false } }: DdlContext,
  row: SubscriptionRow,
  name: string,
): string[] {
  if (row.runAsOwner !== null || reproducible) return [];
  const settings = catalog.version.major < 14 ? ["streaming = off"] : [];
  const all = ["run_as_owner = true", ...settings].join(", ");
  return [sinceMajor(16, `ALTER SUBSCRIPTION ${name} SET (${all})`)];
}

function hasMaxRetention({ maxRetention }: SubscriptionRow): boolean {
  return maxRetention !== null && maxRetention !== 0;
}

function hasReceiverTimeout({ receiverTimeout }: SubscriptionRow): boolean {
  return receiverTimeout !== null && receiverTimeout !== "-1";
}

/** Requirements of the options that are written, and of the connection. */
function optionFeatures(row: SubscriptionRow): ServerFeature[] {
  const needs16 =
    row.streaming === "p" ||
    row.passwordRequired === false ||
    row.runAsOwner === true ||
    (row.origin !== null && row.origin !== "any");
  return [
    ...(row.binary === true || STREAMING[row.streaming ?? ""] !== undefined
      ? [FEATURE.subscription14]
      : []),
    ...(row.twoPhase === true || row.disableOnError === true ? [FEATURE.subscription15] : []),
    ...(needs16 ? [FEATURE.subscription16] : []),
    ...(row.failover === true ? [FEATURE.subscriptionFailover] : []),
    ...(row.server === null ? [] : [FEATURE.subscriptionServer]),
    ...(row.retainDeadTuples === true || hasMaxRetention(row) || hasReceiverTimeout(row)
      ? [FEATURE.subscription19]
      : []),
  ];
}
