/**
 * MAINTAIN, which an owner could do without a privilege before PostgreSQL 17: where an owner has not all privileges, a
 * restore of an older dump leaves it that one.
 */
import { splitArguments } from "../../sql/deparse/arguments.ts";
import type { ComparedObject } from "../compared-object.ts";

const KINDS: ReadonlySet<string> = new Set(["privileges", "default-privileges"]);
/** Only the owner has privileges from the start, which can be revoked. */
const REVOKE_ALL = /^(.*?\bREVOKE )ALL( ON TABLE(?:S| [^]+?) FROM ([^]+))$/;
const GRANT = /^(.*?\bGRANT )([^]+?)( ON TABLE(?:S| [^]+?) TO ([^]+))$/;
/** All privileges on a table of 16 and older, as a dump of these writes them. */
const OLDER = "SELECT, INSERT, DELETE, TRUNCATE, REFERENCES, TRIGGER, UPDATE";

/** Privileges on a table of a server since 17, as one before it writes them. */
export function withoutImpliedMaintain(object: ComparedObject): ComparedObject {
  if (!KINDS.has(object.kind)) return object;
  const revoke = REVOKE_ALL.exec(object.statements[0] ?? "");
  if (revoke === null) return object;
  const [, before, after, owner] = revoke;
  let isImplied = false;
  const grants = object.statements.slice(1).flatMap((statement) => {
    const [, grant, list, to, grantee] = GRANT.exec(statement) ?? [];
    const words = splitArguments(list ?? "");
    if (grantee !== owner || !words.includes("MAINTAIN")) return [statement];
    isImplied = true;
    const others = words.filter((word) => word !== "MAINTAIN");
    return others.length === 0 ? [] : [`${grant!}${others.join(", ")}${to!}`];
  });
  if (!isImplied) return object;
  return { ...object, statements: [`${before!}${OLDER}${after!}`, ...grants] };
}
