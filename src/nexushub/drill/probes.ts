/** What NexusHub needs of a restored database beyond its rows: each probe goes red for one cause, and says which. */
import type { Probe, ProbeContext } from "../../drill/probe.ts";
import { failed, notRun, passed, type Verdict } from "../../drill/report.ts";
import { isNexushubDumpError } from "../../errors.ts";
import { checkKey, type KeyVerdict } from "../keys/manifest-key.ts";
import { configProblems, redactConfig, renderPeerConfig } from "./peer-config.ts";
import { listKnownPeers, readPeerFacts } from "./peer-facts.ts";
import { KEY_VARIABLE } from "../keys/sealed-value.ts";
import { type SealedColumnFacts, readSealedColumns } from "../keys/sealed-columns.ts";
import { formatDuration, listedLines, plural } from "../../util/format.ts";

export interface NexusHubProbeOptions {
  /** The 32 bytes of PEER_KEY_ENCRYPTION_KEY; without them the probes that need it are reported as not run. */
  readonly key?: Uint8Array | undefined;
  /** The `id` of the peer whose configuration is rendered. Default: the enabled one that was changed last. */
  readonly peer?: string | undefined;
  /** Show the configuration with its secrets. Default: false. */
  readonly reveal?: boolean | undefined;
  /** WG_ENDPOINT, for peers whose configuration needs it. */
  readonly wgEndpoint?: string | null | undefined;
  /** How old the newest audit entry may be, in milliseconds. Default: 7 days. */
  readonly maxAuditAgeMs?: number | undefined;
  /** Default: the clock. */
  readonly now?: Date | undefined;
}

/** A week: an installation may be idle over a few days, its backups may not be stale for longer unnoticed. */
export const DEFAULT_MAX_AUDIT_AGE_MS = 7 * 24 * 60 * 60 * 1000;

const NO_KEY = `${KEY_VARIABLE} is not at hand`;
const KEY_HINT = `set ${KEY_VARIABLE}, or name the file that holds it with --env-file`;

/** The probes, in the order of a report. They share one look at the sealed values. */
export function nexusHubProbes(options: NexusHubProbeOptions = {}): Probe[] {
  let survey: Promise<SealedColumnFacts[]> | undefined;
  /** Why nothing can be opened, or the survey. */
  const opened = async (context: ProbeContext, key: Uint8Array): Promise<SealedColumnFacts[]> =>
    (survey ??= readSealedColumns(context.connection, key));
  const withKey =
    (run: (context: ProbeContext, key: Uint8Array) => Promise<Verdict>): Probe["run"] =>
    async (context) => {
      if (options.key === undefined) return notRun(NO_KEY, KEY_HINT);
      if (checkKey(context.storedManifest, options.key) === "wrong-key")
        return notRun("the key at hand is not the one of this archive");
      return run(context, options.key);
    };
  return [
    { id: "recovery-point", title: "Newest audit entry", run: (c) => recoveryPoint(c, options) },
    { id: "migrations", title: "Migrations clean", run: migrations },
    { id: "key", title: "Key fits the archive", run: (c) => keyFits(c, options.key) },
    {
      id: "sealed-values",
      title: "Sealed values open",
      run: withKey(async (c, key) => sealedValues(await opened(c, key))),
    },
    {
      id: "key-pairs",
      title: "Private keys match their public keys",
      run: withKey(async (c, key) => keyPairs(await opened(c, key))),
    },
    {
      id: "peer-config",
      title: "A peer's configuration renders",
      run: withKey((c, key) => peerConfig(c, key, options)),
    },
  ];
}

async function recoveryPoint(
  { connection, setRecoveryPoint }: ProbeContext,
  { maxAuditAgeMs = DEFAULT_MAX_AUDIT_AGE_MS, now = new Date() }: NexusHubProbeOptions,
): Promise<Verdict> {
  // Entries from a clock that ran ahead would hide how old the rest is.
  const [row] = await connection.query<{ newest: string | null }>(
    `SELECT pg_catalog.to_char(max(occurred_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS newest
     FROM public.audit_log WHERE occurred_at <= '${now.toISOString()}'::pg_catalog.timestamptz + interval '5 minutes'`,
    { doing: "cannot look for the newest audit entry", object: "table public.audit_log" },
  );
  const newest = row?.newest ?? null;
  const hint = `check that backups still run and that they are of the right database; if NexusHub was idle for so long, pass --max-age`;
  if (newest === null) return failed("the audit log is empty", { hint });
  const at = new Date(newest);
  setRecoveryPoint(at);
  const age = Math.max(0, now.getTime() - at.getTime());
  const message = `the newest entry is of ${newest}, ${formatDuration(age)} ago`;
  if (age <= maxAuditAgeMs) return passed(message);
  return failed(`${message}; the limit is ${formatDuration(maxAuditAgeMs)}`, { hint });
}

async function migrations({ connection }: ProbeContext): Promise<Verdict> {
  const rows = await connection.query<{ version: string; dirty: boolean }>(
    "SELECT version, dirty FROM public.schema_migrations ORDER BY version",
    { doing: "cannot read the migrations", object: "table public.schema_migrations" },
  );
  const [row] = rows;
  if (row === undefined)
    return failed("schema_migrations is empty: NexusHub's migrations never ran there");
  if (rows.length > 1) return failed(`schema_migrations has ${rows.length} rows instead of one`);
  if (!row.dirty) return passed(`version ${row.version}`);
  return failed(
    `migration ${row.version} is marked dirty: it began and did not end when the dump was taken`,
    {
      hint: "finish or undo that migration in the database (nexushub-migrate), then back up again; NexusHub does not start on a dirty schema",
    },
  );
}

const KEY_VERDICTS: Readonly<Record<KeyVerdict, () => Verdict>> = {
  match: () =>
    passed("the key at hand is the archive's, and the archive is as it was written with it"),
  "wrong-key": () =>
    failed("the key at hand is not the one that was in use when the dump was taken", {
      hint: `find the ${KEY_VARIABLE} of that time: without it no private key of this archive can be read`,
    }),
  changed: () =>
    failed("the archive was changed by someone who does not have the key", {
      hint: "do not restore it: use another backup, and find out who could write to this one",
    }),
  none: () =>
    notRun(
      "the archive carries no fingerprint of a key",
      "the backup command writes one when it has the key",
    ),
  "unknown-scheme": () =>
    notRun("the archive's fingerprint is of a newer kind", "update nexushub-dump"),
};

async function keyFits(
  { storedManifest }: ProbeContext,
  key: Uint8Array | undefined,
): Promise<Verdict> {
  return key === undefined
    ? notRun(NO_KEY, KEY_HINT)
    : KEY_VERDICTS[checkKey(storedManifest, key)]();
}

function listIds(
  surveys: readonly SealedColumnFacts[],
  of: "closed" | "malformed" | "mismatched",
  what: string,
): string[] {
  return surveys.flatMap((survey) =>
    survey[of].map((id) => `${survey.column} of id ${id} ${what}`),
  );
}

function sealedValues(surveys: readonly SealedColumnFacts[]): Verdict {
  const values = surveys.reduce((sum, survey) => sum + survey.values, 0);
  const closed = listIds(surveys, "closed", "does not open");
  const malformed = listIds(surveys, "malformed", "opens, and is not what belongs there");
  const wrong = closed.length + malformed.length;
  if (wrong === 0) {
    const counts = surveys.map((survey) => `${survey.column}: ${survey.values}`);
    return passed(`all ${plural(values, "value")} open`, counts);
  }
  return failed(
    `${wrong} of ${plural(values, "sealed value")} ${wrong === 1 ? "is" : "are"} not good`,
    {
      details: listedLines([...closed, ...malformed]),
      hint:
        closed.length === values
          ? `none opens: the key at hand is not the one that sealed them; find the right ${KEY_VARIABLE}`
          : "these values were changed or moved from another column; give the peers concerned new keys",
    },
  );
}

function keyPairs(surveys: readonly SealedColumnFacts[]): Verdict {
  const pairs = surveys.filter(({ column }) => column.endsWith(".private_key"));
  const mismatched = listIds(pairs, "mismatched", "belongs to another public key than the row's");
  const compared = pairs.reduce(
    (sum, { values, closed, malformed }) => sum + values - closed.length - malformed.length,
    0,
  );
  if (compared === 0) return notRun("no private key could be opened");
  if (mismatched.length === 0) return passed(`${plural(compared, "private key")} match`);
  return failed(
    `${mismatched.length} of ${plural(compared, "private key")} ${mismatched.length === 1 ? "does" : "do"} not match`,
    {
      details: listedLines(mismatched),
      hint: "a public key or a private key was changed alone: give the peer a new pair",
    },
  );
}

async function peerConfig(
  { connection }: ProbeContext,
  key: Uint8Array,
  { peer, reveal = false, wgEndpoint = null }: NexusHubProbeOptions,
): Promise<Verdict> {
  // Some may have values that do not open: those are told elsewhere, and another peer shows that rendering works.
  const ids = peer === undefined ? await listKnownPeers(connection, 20) : [peer];
  if (ids.length === 0) return notRun("there is no peer");
  for (const id of ids) {
    let facts;
    try {
      facts = await readPeerFacts(connection, id, key, wgEndpoint);
    } catch (error) {
      if (isNexushubDumpError(error) && error.code === "MISMATCH") continue;
      throw error;
    }
    if (facts === null)
      return failed(`there is no peer ${id}`, {
        hint: "give the id of a peer, as NexusHub shows it",
      });
    const config = renderPeerConfig(facts);
    const details = (reveal ? config : redactConfig(config)).trimEnd().split("\n");
    const problems = configProblems(facts);
    if (problems.length === 0) return passed(`that of peer ${id}`, details);
    return failed(`that of peer ${id} would not work: ${problems.join("; ")}`, { details });
  }
  return notRun(
    `the sealed values of ${ids.length === 1 ? `peer ${ids[0]}` : "the peers"} do not open`,
  );
}
