/** What `restore` does differently with a plain dump: fewer options, and the key is tested on the restored values. */
import { kindFlags } from "../../catalog/kind-options.ts";
import { RefusedError, UsageError } from "../../errors.ts";
import type { DetectedKey } from "../../nexushub/deployment/deployment.ts";
import { checkKeyFits } from "../../nexushub/keys/key-check.ts";
import type { Connection } from "../../pg/connection.ts";
import type { PlainRestoreOptions } from "../../plain/restore/options.ts";
import type { RestoreOptions } from "../../restore/options.ts";
import type { Warning } from "../../warnings.ts";

/** Options of the library that a plain dump has no use for, as the command line calls them. */
const REFUSED: readonly (readonly [option: keyof RestoreOptions, flag: string])[] = [
  ["schemaOnly", "--schema-only"],
  ["dataOnly", "--data-only"],
  ["sections", "--section"],
  ["tables", "--table"],
  ["schemas", "--schema"],
  ["excludeSchemas", "--exclude-schema"],
  ["excludeTables", "--exclude-table"],
  ["excludeTableData", "--exclude-table-data"],
  ["tablesAndChildren", "--table-and-children"],
  ["excludeTablesAndChildren", "--exclude-table-and-children"],
  ["excludeTableDataAndChildren", "--exclude-table-data-and-children"],
  ["noUnloggedTableData", "--no-unlogged-table-data"],
  ["excludeExtensions", "--exclude-extension"],
  ["foreignData", "--include-foreign-data"],
  ["useList", "--use-list"],
  ["disableTriggers", "--disable-triggers"],
  ["skipDamaged", "--skip-damaged"],
  ["loadViaPartitionRoot", "--load-via-partition-root"],
  ["roles", "--roles"],
  ["swap", "--swap and --jobs"],
];

/** @throws UsageError for an option that a plain dump has no use for. */
export function plainOptions(options: RestoreOptions): PlainRestoreOptions {
  const flags = [
    ...REFUSED.filter(([option]) => options[option] !== undefined).map(([, flag]) => flag),
    ...kindFlags(options).map((flag) => `--${flag}`),
  ];
  if (flags.length > 0) {
    throw new UsageError(`a plain dump is restored as a whole, without ${flags.join(", ")}`, {
      hint: "restore it into an empty database, and dump from there what you need",
    });
  }
  const {
    force,
    owner,
    privileges,
    noToastCompression,
    noTablespaces,
    role,
    dryRun,
    tune,
    analyze,
    lockTimeoutMs,
  } = options;
  const { signal, onProgress } = options;
  return {
    force,
    owner,
    privileges,
    noToastCompression,
    noTablespaces,
    role,
    dryRun,
    tune,
    analyze,
    lockTimeoutMs,
    signal,
    onProgress,
  };
}

/**
 * Tests the key on this host on sealed values that were restored, while nothing is committed: a plain dump does not record its key.
 * @throws RefusedError (KEY_MISMATCH) when none of them opens, unless that is allowed.
 */
export async function checkRestoredKey(
  connection: Connection,
  key: DetectedKey | null,
  isAllowed: boolean,
): Promise<Warning[]> {
  if (key === null) return [];
  // Without the tables of NexusHub its queries fail, which must not end the transaction.
  await connection.query("SAVEPOINT nexushub_dump");
  const { state, warning } = await checkKeyFits(connection, key);
  await connection.query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
  if (state === "does-not-fit" && !isAllowed) {
    throw new RefusedError(
      "KEY_MISMATCH",
      `${key.from} does not open the sealed values of the dump: it is not the key that was in use when it was taken`,
      {
        object: "sealed columns",
        hint: "put the old key in its place first; without it no private key of the dump can be read. --allow-key-mismatch restores anyway",
      },
    );
  }
  return warning === null || state === "malformed" ? [] : [warning];
}
