/** What a swap knows of the databases that take part. Types only. */

/** The properties that a database has besides its contents, as the catalogs of its cluster hold them. */
export interface DatabaseFacts {
  readonly oid: number;
  readonly name: string;
  readonly owner: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** `datlocprovider`: c libc, i ICU, b builtin; c before PostgreSQL 15. */
  readonly localeProvider: string;
  readonly locale: string | null;
  readonly icuRules: string | null;
  readonly tablespace: string;
  /** -1 for no limit. */
  readonly connectionLimit: number;
  readonly isTemplate: boolean;
  readonly comment: string | null;
  /** In the text form of `aclitem`; null for the default. */
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
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
