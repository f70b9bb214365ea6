/** The text of postgresql.conf. Pure. */
import type { EmbeddedOptions } from "./options.ts";

type Value = string | number | boolean;

/**
 * For data that goes anyway: nothing waits for the disk, and no log is written for what a transaction creates
 * (PostgreSQL docs, "Non-Durable Settings", "Disable WAL Archival and Streaming Replication").
 */
const THROWAWAY: Readonly<Record<string, Value>> = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  wal_level: "minimal",
  max_wal_senders: 0,
  max_wal_size: "4GB",
  checkpoint_timeout: "30min",
};

/** One value as postgresql.conf has it: in quotes, with quotes doubled and backslashes escaped. */
function confValue(value: Value): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** What is added to initdb's postgresql.conf; of two lines for one setting the later counts. */
export function settingsFile(folder: string, port: number, options: EmbeddedOptions): string {
  const settings: Record<string, Value> = {
    listen_addresses: options.tcp === true ? "127.0.0.1" : "",
    port,
    unix_socket_directories: folder,
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
    // What a message quotes of rows would otherwise come with log().
    log_error_verbosity: "terse",
    ...(options.durable === true ? {} : THROWAWAY),
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${confValue(value)}\n`)
    .join("");
}
