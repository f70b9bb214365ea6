/** The rows that a peer or a user of NexusHub stands for. Pure. */
import type { Manifest } from "../../archive/format/manifest.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { UndeleteOptions } from "../../undelete/options.ts";

/** What an operator names. */
export interface NamedRows {
  /** A peer's name, its id, or its public key. */
  readonly peer?: string | undefined;
  /** A user's name, e-mail address or id. */
  readonly user?: string | undefined;
}

/** What a peer has for itself. */
const PEER_DEPENDENTS = ["wg_peer_preshared_keys", "ebpf_rule_bindings"];
/** Sessions and their tokens do not come back: nobody is logged in by an undelete. */
const USER_DEPENDENTS = ["api_keys"];
/** The audit log, which also refers to users, is append-only and large. */
const USER_REFERENCES = ["wg_peers", "ebpf_rules"];

/** The options of `undelete` for them. What the archive has no table for is left out. */
export function namedRows(
  { peer, user }: NamedRows,
  { relations }: Pick<Manifest, "relations">,
  options: UndeleteOptions,
): UndeleteOptions {
  const tables = new Set(
    relations.filter(({ namespace }) => namespace === "public").map(({ name }) => name),
  );
  const known = (names: readonly string[]): string[] =>
    names.filter((name) => tables.has(name)).map((name) => `public.${name}`);
  return {
    ...options,
    // What changes all the time, such as a peer's counters, is no reason to refuse what belongs to it.
    keepChanged: true,
    rows: {
      ...options.rows,
      ...(peer === undefined ? {} : { "public.wg_peers": peerCondition(peer) }),
      ...(user === undefined ? {} : { "public.users": userCondition(user) }),
    },
    withDependents: added(options.withDependents, [
      ...known(peer === undefined ? [] : PEER_DEPENDENTS),
      ...known(user === undefined ? [] : USER_DEPENDENTS),
    ]),
    withReferences: added(options.withReferences, known(user === undefined ? [] : USER_REFERENCES)),
    // A peer that comes back is no reason to give its owner an account again.
    withoutTables: [...(options.withoutTables ?? []), ...known(["users"])],
  };
}

function added(
  patterns: boolean | readonly string[] | undefined,
  more: readonly string[],
): boolean | readonly string[] {
  if (patterns === true) return true;
  return [...(Array.isArray(patterns) ? (patterns as readonly string[]) : []), ...more];
}

function peerCondition(peer: string): string {
  const text = quoteLiteral(peer);
  return `name = ${text} OR public_key = ${text} OR id::pg_catalog.text = ${text}`;
}

/** Addresses are compared without case, as NexusHub's type for them does. */
function userCondition(user: string): string {
  const text = quoteLiteral(user);
  return `username = ${text} OR pg_catalog.lower(email::pg_catalog.text) = pg_catalog.lower(${text}) OR id::pg_catalog.text = ${text}`;
}
