/**
 * What dumps write only on request, because it can hold passwords: the options of user mappings and the passwords in the
 * connection strings of subscriptions. A diff compares it where both sides have it, and never shows it. Pure.
 */
import { withoutSecrets } from "../sql/conninfo/secrets.ts";
import { quoteLiteral } from "../sql/literal.ts";

interface Compared {
  readonly kind: string;
  readonly statements: readonly string[];
}

/** An object's statements without what is secret in them. */
export interface WithoutSecrets {
  readonly statements: readonly string[];
  /** The same, with a comment where something is missing. */
  readonly shown: readonly string[];
  readonly hasSecrets: boolean;
}

const IDENT = /(?:"(?:[^"]|"")*"|[^\s"]+)/.source;
const USER_MAPPING = new RegExp(`^(CREATE USER MAPPING FOR ${IDENT} SERVER ${IDENT})(.*)$`, "s");
const SUBSCRIPTION = new RegExp(
  `^(CREATE SUBSCRIPTION ${IDENT}\\s+CONNECTION )'((?:[^']|'')*)'(.*)$`,
  "s",
);

export function objectWithoutSecrets({ kind, statements }: Compared): WithoutSecrets {
  const parts = statements.map((statement) => split(kind, statement));
  return {
    statements: parts.map(({ before, after }) => before + after),
    shown: parts.map(({ before, secret, after }) => before + secret + after),
    hasSecrets: parts.some(({ secret }) => secret !== ""),
  };
}

interface Split {
  readonly before: string;
  /** What is shown in place of a secret; empty where there is none. */
  readonly secret: string;
  readonly after: string;
}

/** Statements are taken apart as dumps write them. */
function split(kind: string, statement: string): Split {
  if (kind === "user-mapping") {
    const [, before = "CREATE USER MAPPING", options = statement] =
      USER_MAPPING.exec(statement) ?? [];
    return { before, secret: options === "" ? "" : " OPTIONS (/* not shown */)", after: "" };
  }
  const [, head, literal = "", after = ""] =
    kind === "subscription" ? (SUBSCRIPTION.exec(statement) ?? []) : [];
  if (head === undefined) return { before: statement, secret: "", after: "" };
  const { text, stripped } = withoutSecrets(literal.replaceAll("''", "'"));
  return {
    before: head + quoteLiteral(text),
    secret: stripped ? " /* a password is not shown */" : "",
    after,
  };
}
