/** The reasons for which a database cannot be exchanged, all of them before anything is done. Pure. */
import { RefusedError } from "../../errors.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { formatBytes, listed } from "../../util/format.ts";
import type { DatabaseFacts, SwapFacts } from "./facts.ts";
import type { DiskSpace } from "./needed-space.ts";

interface Refusal {
  readonly text: string;
  readonly hint: string;
}

export function swapRefusals(database: DatabaseFacts, facts: SwapFacts): Refusal[] {
  const { slots, subscriptions, preparedTransactions, foreignSessions, login } = facts;
  const each = (isRefused: boolean, text: string, hint: string): Refusal[] =>
    isRefused ? [{ text, hint }] : [];
  return [
    ...each(
      !facts.mayCreateDatabases,
      `the login ${login} may not create databases`,
      `ALTER ROLE ${quoteIdent(login)} CREATEDB, or connect as a role that may`,
    ),
    ...each(
      !facts.hasOwnersRights,
      `the login ${login} has not the rights of the database's owner ${database.owner}`,
      `connect as ${database.owner} or as a member of that role`,
    ),
    ...each(
      !facts.mayUseTablespace,
      `the login ${login} may create nothing in the tablespace ${database.tablespace}`,
      `GRANT CREATE ON TABLESPACE ${quoteIdent(database.tablespace ?? "")} TO ${quoteIdent(login)}`,
    ),
    ...each(
      database.isTemplate,
      "it is a template of other databases",
      "ALTER DATABASE … IS_TEMPLATE false",
    ),
    ...each(
      slots.length > 0,
      `it has the logical replication slots ${listed(slots)}, which would stay with the old contents`,
      "stop the subscribers and drop the slots, or restore in one transaction",
    ),
    ...each(
      subscriptions.length > 0,
      `it has the subscriptions ${listed(subscriptions)}, which would go on writing into the old contents`,
      "drop them, or restore in one transaction",
    ),
    ...each(
      preparedTransactions.length > 0,
      `it has the prepared transactions ${listed(preparedTransactions)}`,
      "COMMIT PREPARED or ROLLBACK PREPARED them",
    ),
    ...each(
      foreignSessions.length > 0,
      `sessions of ${listed(foreignSessions)} are connected, which the login may not end`,
      "end them, or connect as a superuser or a member of these roles and of pg_signal_backend",
    ),
  ];
}

/** @param disk undefined when no database is created. */
export function diskRefusals(disk: DiskSpace | undefined): Refusal[] {
  if (disk === undefined || disk.freeBytes === null || disk.freeBytes >= disk.leastBytes) return [];
  const [least, free] = [formatBytes(disk.leastBytes), formatBytes(disk.freeBytes)];
  return [
    {
      text: `the new database takes more than ${least} beside the old one, and the server's disk has ${free} free`,
      hint: "free disk space, drop what earlier swaps keep (list --databases), or restore in one transaction",
    },
  ];
}

/** @param refusals at least one. */
export function swapRefusedError(
  refusals: readonly Refusal[],
  { name }: Pick<DatabaseFacts, "name">,
): RefusedError {
  return new RefusedError(
    "SWAP_REFUSED",
    `the database ${JSON.stringify(name)} cannot be exchanged: ${refusals.map(({ text }) => text).join("; ")}`,
    { object: `database ${name}`, hint: refusals.map(({ hint }) => hint).join("; ") },
  );
}
