/** The reasons for which a restore does not begin, and the errors that say so. Pure. */
import {
  MismatchError,
  type NexushubDumpError,
  RefusedError,
  UnsupportedServerError,
} from "../../errors.ts";
import { listed } from "../../util/format.ts";
import type { TargetFacts } from "../target/facts.ts";

export type Refusal =
  | { readonly reason: "standby" | "read-only" }
  /** Constructs of the archive that the server does not know, each with its object. */
  | { readonly reason: "missing-features"; readonly features: readonly string[] }
  | { readonly reason: "missing-roles"; readonly roles: readonly string[] }
  /** Tables that rows would go into. */
  | { readonly reason: "missing-tables"; readonly tables: readonly string[] }
  | { readonly reason: "not-empty"; readonly objects: readonly string[] }
  /** Objects that cannot be dropped inside a transaction. */
  | { readonly reason: "undroppable"; readonly objects: readonly string[] };

export function refusalError(
  refusal: Refusal,
  { label, version }: Pick<TargetFacts, "label" | "version">,
): NexushubDumpError {
  switch (refusal.reason) {
    case "standby":
    case "read-only":
      return new UnsupportedServerError(
        `cannot restore into ${label}: ${refusal.reason === "standby" ? "the server is a standby" : "the transaction is read-only"}`,
        { object: label, hint: "connect to the primary server" },
      );
    case "missing-features":
      return new UnsupportedServerError(
        `cannot restore into PostgreSQL ${version.major}, which lacks what the archive holds: ${listed(refusal.features)}`,
        {
          object: label,
          hint: "restore into a server like the one that was dumped, or select with --table what this one supports",
        },
      );
    case "missing-roles":
      return new RefusedError(
        "ROLES_MISSING",
        `the target lacks ${refusal.roles.length === 1 ? "the role" : "the roles"} ${listed(refusal.roles)}`,
        {
          object: refusal.roles.join(", "),
          hint: "create them, or restore without owners and privileges",
        },
      );
    case "missing-tables":
      return new MismatchError(
        `the target lacks ${refusal.tables.length === 1 ? "the table" : "the tables"} ${listed(refusal.tables)}`,
        { object: refusal.tables[0], hint: "restore the schema first, or select tables" },
      );
    case "not-empty":
      return new RefusedError(
        "TARGET_NOT_EMPTY",
        `${label} is not empty: it holds ${listed(refusal.objects)}`,
        {
          object: label,
          hint: "restore into an empty database, or pass --force to drop what it holds in the same transaction",
        },
      );
    case "undroppable":
      return new RefusedError(
        "TARGET_NOT_EMPTY",
        `${label} holds objects that cannot be dropped inside a transaction: ${listed(refusal.objects)}`,
        {
          object: label,
          hint: "drop them first; ALTER SUBSCRIPTION … DISABLE and SET (slot_name = NONE) detach a subscription from its slot",
        },
      );
  }
}
