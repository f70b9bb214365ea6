/** Options of writing to an object store. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../errors.ts";
import { isStoreAddress, withStoreOptions } from "../store/address.ts";
import { positiveInteger } from "./option-values.ts";
import { underHeading } from "./help-headings.ts";

export interface StoreCommandOptions {
  /** Bytes per second. */
  readonly limitRate?: number;
  readonly lockDays?: number;
  readonly lockMode?: "governance" | "compliance";
}

export function addStoreOptions(command: Command): Command {
  return underHeading(command, "Object store options:", () =>
    command
      .option(
        "--limit-rate <rate>",
        "with s3://…: bytes per second that transfers are held to: 500K, 20M",
        byteRate,
      )
      .option(
        "--lock-days <n>",
        "with s3://…: lock what is written against removal for so many days",
        positiveInteger,
      )
      .addOption(
        new Option(
          "--lock-mode <mode>",
          "with --lock-days: governance, which a right lifts, or compliance, which nobody lifts (default: governance)",
        ).choices(["governance", "compliance"]),
      ),
  );
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Parses `500K` or `20M`. */
function byteRate(text: string): number {
  const [, number, unit] = /^(\d{1,9})([KMG]?)$/i.exec(text) ?? [];
  const rate = Number(number) * UNITS[(unit ?? "").toUpperCase()]!;
  if (number === undefined || rate < 1024)
    throw new InvalidArgumentError("must be a number of bytes per second, 1K or more: 500K, 20M.");
  return rate;
}

/**
 * The address with the options for writing.
 * @throws UsageError only for options that the address cannot have.
 */
export function withWritingOptions(
  address: string,
  { limitRate, lockDays, lockMode }: StoreCommandOptions,
): string {
  if (lockMode !== undefined && lockDays === undefined)
    throw new UsageError("--lock-mode is for --lock-days");
  if (!isStoreAddress(address) && (limitRate ?? lockDays) !== undefined) {
    throw new UsageError("--limit-rate and --lock-days are for object stores", {
      hint: "write to an address of the form s3://bucket/prefix/name",
    });
  }
  return withStoreOptions(address, { limitRate, lockDays, lockMode });
}
