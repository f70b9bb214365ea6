/** Checks in the same transaction that what came back is usable: sealed values open, and peers' configurations render. */
import { isNexushubDumpError, RefusedError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { UndeleteCheck } from "../../undelete/transaction.ts";
import { listed } from "../../util/format.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { configProblems } from "../drill/peer-config.ts";
import { readPeerFacts } from "../drill/peer-facts.ts";
import { readSealedColumns } from "../keys/sealed-columns.ts";
import { SEALED_COLUMNS } from "../keys/sealed-value.ts";
import { KEY_VARIABLE, parseKey } from "../keys/sealing-key.ts";

export interface RowCheckOptions {
  readonly key: DetectedKey | null;
  readonly wgEndpoint: string | null;
  /** Let values that do not open pass, with a warning. */
  readonly allowKeyMismatch: boolean;
}

/** A check for `undeleteChecked`, whose throws undo everything. */
export function checkRows(options: RowCheckOptions): UndeleteCheck {
  return async (connection, rows) => {
    const inPublic = (table: string): string | null => rows("public", table);
    if (SEALED_COLUMNS.every(({ table }) => inPublic(table) === null)) return [];
    const key = usableKey(options.key);
    if (key === null)
      return [
        unavailable(`${KEY_VARIABLE} was not found or is malformed: sealed values were not tried`),
      ];
    const refused = await tryValues(connection, key, inPublic, options);
    return refused === null ? renderConfigs(connection, key, inPublic, options) : [refused];
  };
}

function unavailable(message: string): Warning {
  return warning("key-unavailable", null, message);
}

function usableKey(detected: DetectedKey | null): Uint8Array | null {
  if (detected === null) return null;
  try {
    return parseKey(detected.value);
  } catch (error) {
    if (isNexushubDumpError(error)) return null;
    throw error;
  }
}

/** @returns the warning where values that do not open may pass; null when all open. */
async function tryValues(
  connection: Pick<Connection, "query">,
  key: Uint8Array,
  rows: (table: string) => string | null,
  { key: detected, allowKeyMismatch }: RowCheckOptions,
): Promise<Warning | null> {
  const columns = await readSealedColumns(connection, key, { rows });
  const bad = columns.filter(
    ({ closed, malformed, mismatched }) => closed.length + malformed.length + mismatched.length > 0,
  );
  if (bad.length === 0) return null;
  const message = `sealed values of rows that come back do not open with ${detected?.from ?? KEY_VARIABLE}, or do not fit their rows: ${listed(bad.map(({ column }) => column))}`;
  if (allowKeyMismatch) return warning("key-mismatch", null, message);
  throw new RefusedError("KEY_MISMATCH", message, {
    object: bad[0]!.column,
    hint: "put the key in its place that was in use when the archive was made; nothing was changed. --allow-key-mismatch brings the rows back anyway",
  });
}

/** Peers whose configuration is rendered. */
const MAX_PEERS = 100;

async function renderConfigs(
  connection: Pick<Connection, "query">,
  key: Uint8Array,
  rows: (table: string) => string | null,
  { wgEndpoint }: RowCheckOptions,
): Promise<Warning[]> {
  const sources = [
    { from: rows("wg_peers"), id: "id" },
    { from: rows("wg_peer_preshared_keys"), id: "peer_id" },
  ].flatMap(({ from, id }) =>
    from === null ? [] : [`SELECT ${id}::pg_catalog.text AS id FROM ${from} AS inserted`],
  );
  if (sources.length === 0) return [];
  const ids = await connection.query<{ id: string }>(
    `${sources.join(" UNION ")} ORDER BY 1 LIMIT ${MAX_PEERS}`,
    { action: "list the peers that come back" },
  );
  const warnings: Warning[] = [];
  for (const { id } of ids) {
    const facts = await readPeerFacts(connection, id, key, wgEndpoint);
    const problems = facts === null ? ["its interface is missing"] : configProblems(facts);
    if (problems.length > 0)
      warnings.push(warning("peer-config", `peer ${id}`, `peer ${id}: ${problems.join("; ")}`));
  }
  return warnings;
}
