/** COPY … FROM STDIN as text and, where the server reads that with less work, in its binary format. Pure. */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { columnList, qualify } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { RelationName } from "../target/facts.ts";

export interface CopyRows {
  /** For the rows as the archive has them. */
  readonly sql: string;
  /** For the same rows in the binary format, whose text is in the client's encoding; undefined where that gains nothing. */
  readonly binarySql: string | undefined;
}

export interface CopyOptions {
  /** Encoding of the archive's rows. */
  readonly encoding: string;
  /**
   * FREEZE writes rows as they would be after a vacuum, so the restored tables need none (PostgreSQL docs, COPY). Only
   * tables that the same transaction created or emptied can have it.
   */
  readonly freeze: boolean;
}

/** Connections speak it, whatever a database's encoding is. */
const CLIENT_ENCODING = "UTF8";
/** With fewer bytes of rows, it takes longer to ask for the types of the columns. */
const MIN_BINARY_BYTES = 1024 * 1024;

/** @param into the relation itself, or the partitioned table that routes its rows. */
export function copyRows(
  { kind, columns, bytes }: Pick<ManifestRelation, "kind" | "columns" | "bytes">,
  { namespace, name }: RelationName,
  { encoding, freeze }: CopyOptions,
): CopyRows {
  const list = columns.length === 0 ? "" : ` ${columnList(columns)}`;
  const copy = (...options: string[]): string => {
    const all = freeze ? ["FREEZE", ...options] : options;
    return `COPY ${qualify(namespace, name)}${list} FROM STDIN (${all.join(", ")})`;
  };
  const isLarge = kind === "table" && columns.length > 0 && bytes >= MIN_BINARY_BYTES;
  return {
    sql: copy(`ENCODING ${quoteLiteral(encoding)}`),
    binarySql: isLarge && encoding === CLIENT_ENCODING ? copy("FORMAT binary") : undefined,
  };
}

/** Converting rows keeps one processor busy; more connections than this would wait for it. */
const MAX_CONNECTIONS = 3;

/**
 * Whether the binary format makes a restore faster.
 * @param connections how many load rows at the same time.
 * @param processors of the machine when the server shares it with this process; else null.
 */
export function gainsByBinary(connections: number, processors: number | null): boolean {
  return connections <= MAX_CONNECTIONS && connections <= (processors ?? Number.POSITIVE_INFINITY);
}
