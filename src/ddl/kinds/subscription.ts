/**
 * CREATE SUBSCRIPTION without connecting: as in pg_dump it comes disabled and makes no replication slot, so that a
 * restored copy never takes changes away from the original. Passwords stay behind unless they were asked for.
 */
import { type Warning, warning } from "../../warnings.ts";
import { address, CATALOG } from "../../catalog/address.ts";
import type { SubscriptionRow } from "../../catalog/subscription.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { withoutSecrets } from "../../sql/conninfo/secrets.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

/** `substream` (src/include/catalog/pg_subscription.h); 18 changed the default, so it is always said. */
const STREAMING: Readonly<Record<string, string>> = { f: "off", t: "on", p: "parallel" };

function options(row: SubscriptionRow): string[] {
  const streaming = STREAMING[row.streaming ?? ""];
  return [
    "connect = false",
    // By default the slot is called like the subscription, even where a slot asked for by name could not be.
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
    ...(row.synchronousCommit === null || row.synchronousCommit === "off"
      ? []
      : [`synchronous_commit = ${quoteLiteral(row.synchronousCommit)}`]),
    ...(row.origin === null || row.origin === "any"
      ? []
      : [`origin = ${quoteLiteral(row.origin)}`]),
  ];
}

/** What the options need that are written. */
function features(row: SubscriptionRow): ServerFeature[] {
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
  ];
}

export function subscriptions({ catalog, options: wanted }: DdlContext): DumpableObject[] {
  return catalog.subscriptions.map((row): DumpableObject => {
    const id = address(CATALOG.subscription, row.oid);
    const name = quoteIdent(row.name);
    const safe = row.conninfo === null ? null : withoutSecrets(row.conninfo);
    const warnings: Warning[] = [];
    if (safe === null) {
      const more = row.synchronousCommit === null ? " and synchronous_commit" : "";
      warnings.push(
        warning(
          "subscription-connection",
          `subscription ${name}`,
          `subscription ${name} was written without its connection string${more}, which only a superuser can read`,
        ),
      );
    } else if (safe.stripped && !wanted.userMappingSecrets) {
      warnings.push(
        warning(
          "subscription-password",
          `subscription ${name}`,
          `subscription ${name} was written without the password in its connection string`,
        ),
      );
    }
    const connection = wanted.userMappingSecrets ? row.conninfo : safe?.text;
    return {
      id,
      kind: "subscription",
      namespace: null,
      name: row.name,
      section: "post-data",
      addresses: [id],
      sql: () => [
        `CREATE SUBSCRIPTION ${name}\n    CONNECTION ${quoteLiteral(connection ?? "")}\n    PUBLICATION ${row.publications
          .map(quoteIdent)
          .join(", ")}\n    WITH (${options(row).join(", ")})`,
      ],
      features: features(row),
      target: `SUBSCRIPTION ${name}`,
      owner: row.owner,
      warnings,
    };
  });
}
