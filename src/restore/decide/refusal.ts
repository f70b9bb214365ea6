/** The reasons for which a restore does not begin, and the errors that say so. Pure. */
import {
  MismatchError,
  type NexushubDumpError,
  RefusedError,
  UnsupportedServerError,
} from "../../errors.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { listed } from "../../util/format.ts";
import type { TargetFacts } from "../target/facts.ts";
import type { MisplacedExtension } from "./misplaced-extensions.ts";

export type Refusal =
  | { readonly reason: "standby" | "read-only" }
  /** Constructs of the archive that the server does not know, each with its object. */
  | { readonly reason: "missing-features"; readonly features: readonly string[] }
  | { readonly reason: "missing-roles"; readonly roles: readonly string[] }
  /** Roles that the restore is to make, each with what the login lacks for that. */
  | { readonly reason: "roles-not-creatable"; readonly roles: readonly string[] }
  | { readonly reason: "missing-extensions"; readonly extensions: readonly string[] }
  /** Extensions that the target has in another schema than the one in which the archive uses them. */
  | { readonly reason: "misplaced-extensions"; readonly extensions: readonly MisplacedExtension[] }
  /** Tables that rows would go into. */
  | { readonly reason: "missing-tables"; readonly tables: readonly string[] }
  | { readonly reason: "not-empty"; readonly objects: readonly string[] }
  /** Objects that the archive would create, and that belong to others. */
  | { readonly reason: "not-owner"; readonly objects: readonly string[] }
  /** Objects that depend on what would be dropped, and that the restore does not bring back. */
  | { readonly reason: "dependents"; readonly objects: readonly string[] }
  /** Objects that cannot be dropped inside a transaction. */
  | { readonly reason: "undroppable"; readonly objects: readonly string[] };

/** Reasons that lie in what the target holds. */
type ContentsReason = "not-empty" | "not-owner" | "dependents" | "undroppable";
type ContentsRefusal = Extract<Refusal, { readonly reason: ContentsReason }>;
type ServerRefusal = Exclude<Refusal, ContentsRefusal>;

const CONTENTS_REASONS: Readonly<
  Record<
    ContentsReason,
    {
      readonly code: "TARGET_NOT_EMPTY" | "NOT_OWNER" | "DEPENDENT_OBJECTS";
      /** Between the target and its objects. */
      readonly text: string;
      readonly hint: string;
    }
  >
> = {
  "not-empty": {
    code: "TARGET_NOT_EMPTY",
    text: "is not empty: it holds",
    hint: "restore into an empty database, or pass --force to drop what it holds in the same transaction",
  },
  "not-owner": {
    code: "NOT_OWNER",
    text: "holds objects of other roles in places that the archive needs:",
    hint: "restore as their owner (--role), leave these objects out, or drop them",
  },
  dependents: {
    code: "DEPENDENT_OBJECTS",
    text: "holds objects that depend on what would be replaced, and that the restore does not bring back:",
    hint: "drop them first and create them again afterwards, or restore into an empty database",
  },
  undroppable: {
    code: "TARGET_NOT_EMPTY",
    text: "holds objects that cannot be dropped inside a transaction:",
    hint: "drop them first; ALTER SUBSCRIPTION … DISABLE and SET (slot_name = NONE) detach a subscription from its slot",
  },
};

/**
 * One error for all reasons: the code, the object and the hint are those of the first, and the message names all.
 * @param refusals at least one.
 */
export function refusalsError(
  refusals: readonly Refusal[],
  target: Pick<TargetFacts, "label" | "version">,
): NexushubDumpError {
  const errors = refusals.map((refusal) => refusalError(refusal, target));
  const [first, ...others] = errors;
  if (others.length === 0) return first!;
  const message = errors.map((error) => error.message).join("; ");
  const hint = errors.map((error) => error.hint).join("; ");
  const facts = { object: first!.object, hint };
  return first instanceof RefusedError
    ? new RefusedError(first.code as ConstructorParameters<typeof RefusedError>[0], message, facts)
    : new UnsupportedServerError(message, facts);
}

export function refusalError(
  refusal: Refusal,
  target: Pick<TargetFacts, "label" | "version">,
): NexushubDumpError {
  if ("objects" in refusal) {
    const { code, text, hint } = CONTENTS_REASONS[refusal.reason];
    // Of "not empty" the database is what the error concerns; of the others each object.
    const object = code === "TARGET_NOT_EMPTY" ? target.label : refusal.objects[0];
    return new RefusedError(code, `${target.label} ${text} ${listed(refusal.objects)}`, {
      object,
      hint,
    });
  }
  return serverError(refusal, target);
}

function serverError(
  refusal: ServerRefusal,
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
    case "roles-not-creatable":
      return new RefusedError(
        "ROLES_MISSING",
        `the login may not create ${listed(refusal.roles)}`,
        {
          object: refusal.roles.join(", "),
          hint: "create these roles as a superuser first, which the restore then leaves as they are, or connect as one that may",
        },
      );
    case "missing-extensions":
      return new UnsupportedServerError(
        `the server does not have ${refusal.extensions.length === 1 ? "the extension" : "the extensions"} ${listed(refusal.extensions)}`,
        {
          object: refusal.extensions.map((name) => `extension ${name}`).join(", "),
          hint: "install their packages on the server's host, or leave them out with --exclude-extension",
        },
      );
    case "misplaced-extensions":
      return misplacedError(refusal.extensions);
    case "missing-tables":
      return new MismatchError(
        `the target lacks ${refusal.tables.length === 1 ? "the table" : "the tables"} ${listed(refusal.tables)}`,
        { object: refusal.tables[0], hint: "restore the schema first, or select tables" },
      );
  }
}

function misplacedError(extensions: readonly MisplacedExtension[]): UnsupportedServerError {
  const places = extensions.map(
    ({ name, schema, expected, users }) =>
      `extension ${quoteIdent(name)} in schema ${quoteIdent(schema)}, where ${listed(users)} ${users.length === 1 ? "needs" : "need"} it in ${quoteIdent(expected)}`,
  );
  const moves = extensions.map(
    ({ name, expected }) =>
      `ALTER EXTENSION ${quoteIdent(name)} SET SCHEMA ${quoteIdent(expected)}`,
  );
  return new UnsupportedServerError(`the target has ${listed(places)}`, {
    object: extensions.map(({ name }) => `extension ${name}`).join(", "),
    hint: `move it as its owner: ${moves.join("; ")}; or leave out what needs it`,
  });
}
