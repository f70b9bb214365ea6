/** libpq's parameters (PostgreSQL docs, 34.1.2), and those that applications put beside them. Each is honoured or refused. */

/** One of libpq's parameters. */
export interface Keyword {
  /** The environment variable that stands for it. */
  readonly variable?: string;
  /** For one that cannot be honoured: the values that ask for nothing, in any case of letters. */
  readonly refusedUnless?: readonly string[];
  /** What to do when it is refused. */
  readonly hint?: string;
}

const NO_GSS = "GSSAPI is not supported: use scram-sha-256";
const NO_OAUTH = "OAuth is not supported: use scram-sha-256";
const PROXY = "leave it out, or connect through a local proxy that provides it";
const NODE = "Node cannot set it on this system: leave it out; keepalives_idle is honoured";

/** Variables of session settings (PGDATESTYLE, PGTZ …) are left out: a dump pins these. */
export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  application_name: { variable: "PGAPPNAME" },
  channel_binding: { variable: "PGCHANNELBINDING" },
  client_encoding: {
    refusedUnless: ["auto", "UTF8", "UTF-8", "unicode"],
    hint: "the session's encoding is always UTF8, as that of archives is",
  },
  connect_timeout: { variable: "PGCONNECT_TIMEOUT" },
  dbname: { variable: "PGDATABASE" },
  fallback_application_name: {},
  gssdelegation: { variable: "PGGSSDELEGATION", refusedUnless: ["0"], hint: NO_GSS },
  gssencmode: { variable: "PGGSSENCMODE", refusedUnless: ["disable", "prefer"], hint: NO_GSS },
  gsslib: { variable: "PGGSSLIB", refusedUnless: ["gssapi"], hint: NO_GSS },
  krbsrvname: { variable: "PGKRBSRVNAME", refusedUnless: ["postgres"], hint: NO_GSS },
  host: { variable: "PGHOST" },
  hostaddr: { variable: "PGHOSTADDR" },
  keepalives: {},
  keepalives_count: {},
  keepalives_idle: {},
  keepalives_interval: {},
  load_balance_hosts: { variable: "PGLOADBALANCEHOSTS" },
  max_protocol_version: {
    variable: "PGMAXPROTOCOLVERSION",
    refusedUnless: ["3.0", "3.2", "latest"],
  },
  min_protocol_version: {
    variable: "PGMINPROTOCOLVERSION",
    refusedUnless: ["3.0"],
    hint: "version 3.0 of the protocol is spoken",
  },
  oauth_client_id: { refusedUnless: [], hint: NO_OAUTH },
  oauth_client_secret: { refusedUnless: [], hint: NO_OAUTH },
  oauth_issuer: { refusedUnless: [], hint: NO_OAUTH },
  oauth_scope: { refusedUnless: [], hint: NO_OAUTH },
  options: { variable: "PGOPTIONS" },
  passfile: { variable: "PGPASSFILE" },
  password: { variable: "PGPASSWORD" },
  port: { variable: "PGPORT" },
  replication: { refusedUnless: ["false", "off", "no", "0"] },
  require_auth: { variable: "PGREQUIREAUTH" },
  requirepeer: { variable: "PGREQUIREPEER", refusedUnless: [], hint: PROXY },
  scram_client_key: { refusedUnless: [], hint: "give the password instead" },
  scram_server_key: { refusedUnless: [], hint: "give the password instead" },
  service: { variable: "PGSERVICE" },
  servicefile: { variable: "PGSERVICEFILE" },
  ssl_max_protocol_version: { variable: "PGSSLMAXPROTOCOLVERSION" },
  ssl_min_protocol_version: { variable: "PGSSLMINPROTOCOLVERSION" },
  sslcert: { variable: "PGSSLCERT" },
  sslcertmode: { variable: "PGSSLCERTMODE", refusedUnless: ["disable", "allow"], hint: PROXY },
  // OpenSSL no longer compresses, whatever this says.
  sslcompression: { variable: "PGSSLCOMPRESSION", refusedUnless: ["0"] },
  sslcrl: { variable: "PGSSLCRL" },
  sslcrldir: { variable: "PGSSLCRLDIR", refusedUnless: [], hint: "name one file with sslcrl" },
  // Prisma's.
  sslidentity: {
    refusedUnless: [],
    hint: "name the certificate with sslcert and its key with sslkey",
  },
  sslkey: { variable: "PGSSLKEY" },
  sslkeylogfile: { refusedUnless: [], hint: "start Node with --tls-keylog=FILE" },
  sslmode: { variable: "PGSSLMODE" },
  sslnegotiation: { variable: "PGSSLNEGOTIATION" },
  sslpassword: {},
  sslrootcert: { variable: "PGSSLROOTCERT" },
  sslsni: { variable: "PGSSLSNI", refusedUnless: ["1"], hint: "name the server by hostaddr" },
  target_session_attrs: { variable: "PGTARGETSESSIONATTRS" },
  tcp_user_timeout: process.platform === "linux" ? {} : { refusedUnless: ["0"], hint: NODE },
  // node-postgres' own: sslmode here means what it means to libpq.
  uselibpqcompat: {},
  user: { variable: "PGUSER" },
};

/**
 * Parameters that tune an application's pool or its statements and mean nothing to a few sessions of our own: of pgx,
 * Prisma, golang-migrate, Doctrine, Rails, Django and others, as they stand in a DATABASE_URL.
 */
const APPLICATION =
  /^(pool(_\w+)?|serverversion|charset|encoding|adapter|timeout|checkout_timeout|reaping_frequency|conn_max_age|connection_limit|pool_timeout|socket_timeout|pgbouncer|schema|sslaccept|statement_cache_\w+|description_cache_capacity|default_query_exec_mode|prepared_statement\w*|binary_parameters|single_use_connections|min_read_buffer_size|x-[\w-]+|max_\w*conn\w*|idle_timeout|max_lifetime|sslinline)$/;

/**
 * The same of the JDBC driver (PGProperty in pgJDBC's API documentation), in lower case. What chooses the server or how it is
 * trusted, such as targetServerType and sslfactory, is not among them.
 */
const JDBC: ReadonlySet<string> = new Set([
  "adaptivefetch",
  "adaptivefetchmaximum",
  "adaptivefetchminimum",
  "allowencodingchanges",
  "applicationname",
  "assumeminserverversion",
  "autosave",
  "binarytransfer",
  "binarytransferdisable",
  "binarytransferenable",
  "cancelsignaltimeout",
  "cleanupsavepoints",
  "convertbooleantonumeric",
  "currentschema",
  "databasemetadatacachefields",
  "databasemetadatacachefieldsmib",
  "defaultrowfetchsize",
  "disablecolumnsanitiser",
  "escapesyntaxcallmode",
  "groupstartupparameters",
  "hideunprivilegedobjects",
  "hostrecheckseconds",
  "loggerfile",
  "loggerlevel",
  "logintimeout",
  "logservererrordetail",
  "logunclosedconnections",
  "maxresultbuffer",
  "maxsendbuffersize",
  "preferquerymode",
  "preparedstatementcachequeries",
  "preparedstatementcachesizemib",
  "preparethreshold",
  "quotereturningidentifiers",
  "readonly",
  "readonlymode",
  "receivebuffersize",
  "rewritebatchedinserts",
  "sendbuffersize",
  "sockettimeout",
  "stringtype",
  "tcpkeepalive",
  "tcpnodelay",
  "unknownlength",
]);

/** Server settings that applications put into a DATABASE_URL; any name with a dot is one of an extension's. */
const SERVER_SETTINGS: ReadonlySet<string> = new Set([
  "bytea_output",
  "client_min_messages",
  "datestyle",
  "default_transaction_deferrable",
  "default_transaction_isolation",
  "default_transaction_read_only",
  "extra_float_digits",
  "idle_in_transaction_session_timeout",
  "idle_session_timeout",
  "intervalstyle",
  "jit",
  "lock_timeout",
  "maintenance_work_mem",
  "plan_cache_mode",
  "role",
  "row_security",
  "search_path",
  "standard_conforming_strings",
  "statement_timeout",
  "synchronous_commit",
  "temp_buffers",
  "timezone",
  "transaction_timeout",
  "work_mem",
]);

export function isApplicationParameter(keyword: string): boolean {
  const name = keyword.toLowerCase();
  return APPLICATION.test(name) || JDBC.has(name);
}

export function isServerSetting(keyword: string): boolean {
  const name = keyword.toLowerCase();
  return SERVER_SETTINGS.has(name) || /^[a-z_]\w*\.[a-z_]\w*$/.test(name);
}
