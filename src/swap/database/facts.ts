/** What a swap knows of the databases that take part. Types only. */
import type { DatabasePropertiesRow } from "../../catalog/database-properties.ts";

/** The properties that a database has besides its contents, as the catalogs of its cluster hold them. */
export interface DatabaseFacts extends Omit<DatabasePropertiesRow, "owner" | "collationVersion"> {
  readonly owner: string;
  /** The bytes of the name, which sessions in databases of different encodings read as different texts. */
  readonly nameBytes: string;
  /** Null where it is that of template0, which a new database gets by itself, and which few may name. */
  readonly tablespace: string | null;
  readonly comment: string | null;
  readonly settings: readonly DatabaseSettings[];
  readonly labels: readonly { readonly provider: string; readonly label: string }[];
}

export interface DatabaseSettings {
  /** Null for all roles. */
  readonly role: string | null;
  /** Each `name=value`. */
  readonly settings: readonly string[];
}

/** What stands in the way of a swap, or does not. */
export interface SwapFacts {
  readonly login: string;
  readonly isSuperuser: boolean;
  readonly mayCreateDatabases: boolean;
  /** Whether the login has the rights of the database's owner, as a member of that role or as a superuser. */
  readonly hasOwnersRights: boolean;
  /** Whether the login may create databases in the tablespace of this one. */
  readonly mayUseTablespace: boolean;
  /** Logical replication slots, subscriptions and prepared transactions of the database, by name. */
  readonly slots: readonly string[];
  readonly subscriptions: readonly string[];
  readonly preparedTransactions: readonly string[];
  /** Sessions in the database that the login may not end, as roles. */
  readonly foreignSessions: readonly string[];
}

/** A session that a swap ends. */
export interface DatabaseSession {
  readonly pid: number;
  readonly role: string | null;
  readonly application: string | null;
  /** Whether the login may end it. */
  readonly mayEnd: boolean;
}
