/** The body of `dump`. */
import { isSameFile } from "../../util/same-file.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { dump } from "../../dump/dump.ts";
import type { DumpOptions, DumpSection } from "../../dump/options.ts";
import { UsageError } from "../../errors.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import type { Body, CommandContext, ConnectionOptions } from "../command.ts";
import {
  encryptedTarget,
  type EncryptionOptions,
  type SigningOptions,
  signKeyOf,
} from "../encryption.ts";
import { archiveOf } from "../archive-operand.ts";
import { reuseLines } from "../reuse-text.ts";
import { type KindCommandOptions, kindOptions } from "../kind-options.ts";
import { DONE } from "../exit-codes.ts";
import { type DumpPatternOptions, dumpPatterns } from "../patterns.ts";
import { formatBytes, formatDuration, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { type StoreCommandOptions, withWritingOptions } from "../store-options.ts";
import { showProgress } from "../progress.ts";
import { withDatabase } from "../source.ts";

export interface DumpCommandOptions
  extends
    ConnectionOptions,
    EncryptionOptions,
    SigningOptions,
    KindCommandOptions,
    DumpPatternOptions,
    StoreCommandOptions {
  readonly output: string;
  readonly unloggedTableData?: boolean;
  readonly strictNames?: boolean;
  readonly schemaOnly?: boolean;
  readonly dataOnly?: boolean;
  readonly section?: DumpSection[];
  readonly where?: Record<string, string>;
  readonly mask?: Record<string, string>;
  readonly sample?: Record<string, string>;
  readonly preset?: "ci";
  readonly jobs?: number;
  readonly role?: string;
  readonly snapshot?: string;
  readonly enableRowSecurity?: boolean;
  readonly owner?: boolean;
  readonly privileges?: boolean;
  readonly roles?: boolean;
  readonly rolePasswords?: boolean;
  readonly statistics?: boolean;
  readonly compression?: string;
  readonly reproducible?: boolean;
  readonly partSize?: number;
  readonly units?: boolean;
  readonly reuse?: string;
  readonly differential?: string;
  readonly identity?: string[];
  readonly skipUnsupported?: boolean;
  readonly lockTimeout?: number;
  readonly tablespaces?: boolean;
  readonly tableAccessMethod?: boolean;
  readonly toastCompression?: boolean;
  readonly userMappingSecrets?: boolean;
  readonly databaseProperties?: boolean;
  readonly loadViaPartitionRoot?: boolean;
  readonly prove?: boolean;
  readonly into?: string;
  readonly allowNewerServer?: boolean;
}

export const dumpRun: Body<DumpCommandOptions> = async (context, options) => {
  const { io, console, signal } = context;
  if (options.prove === true && options.dataOnly === true)
    throw new UsageError("--prove restores the schema, and --data-only leaves it out");
  if (options.into !== undefined && options.prove !== true)
    throw new UsageError("--into names the server of --prove");
  const toStdout = options.output === "-";
  const target = await encryptedTarget(
    options,
    toStdout ? io.stdout : withWritingOptions(options.output, options),
  );
  const dumpOptions = withoutUndefined({
    ...(await dumpPatterns(options)),
    ...kindOptions(options),
    noUnloggedTableData: options.unloggedTableData === false,
    strictNames: options.strictNames,
    schemaOnly: options.schemaOnly,
    dataOnly: options.dataOnly,
    sections: options.section,
    where: options.where,
    mask: options.mask,
    sample: options.sample,
    maskKey: io.env["NEXUSHUB_DUMP_MASK_KEY"] || undefined,
    jobs: options.jobs,
    role: options.role,
    snapshot: options.snapshot,
    enableRowSecurity: options.enableRowSecurity,
    ...recordedOptions(options),
    compression: options.compression,
    reproducible: options.reproducible,
    partBytes: options.partSize,
    units: options.units,
    reuse: options.reuse === undefined ? undefined : await archiveOf(options.reuse, io, options),
    base: await baseOf(context, options),
    skipUnsupported: options.skipUnsupported,
    lockTimeoutMs: options.lockTimeout,
    noTablespaces: options.tablespaces === false,
    noTableAccessMethod: options.tableAccessMethod === false,
    noToastCompression: options.toastCompression === false,
    userMappingSecrets: options.userMappingSecrets,
    databaseProperties: options.databaseProperties,
    loadViaPartitionRoot: options.loadViaPartitionRoot,
    allowNewerServer: options.allowNewerServer,
    signKey: await signKeyOf(options),
    signal,
    onProgress: showProgress(console),
  });
  const result = await withDatabase(options, context, async ({ source }) => {
    if (options.prove === true) await proveFirst(context, source, { options, dumpOptions });
    if (options.preset !== "ci") return dump(source, target, dumpOptions);
    const { dumpForCi } = await import("../../nexushub/ci/dump-for-ci.ts");
    return dumpForCi(source, target, dumpOptions);
  });
  for (const line of reuseLines(result)) console.say("info", line);
  const text = `${toStdout ? "standard output" : options.output}: ${plural(result.rows, "row")} in ${plural(result.relations.length, "relation")}, ${formatBytes(result.bytes)} as text, ${formatBytes(result.archiveBytes)} written in ${formatDuration(result.elapsedMs)}`;
  // Then standard output is the archive.
  if (toStdout) console.say("info", text, { result });
  else console.result(result, text);
  return DONE;
};

/** What is recorded beside objects and rows. */
function recordedOptions({
  owner,
  privileges,
  roles,
  rolePasswords,
  statistics,
}: DumpCommandOptions): Pick<
  DumpOptions,
  "owner" | "privileges" | "roles" | "rolePasswords" | "statistics"
> {
  return { owner, privileges, roles, rolePasswords, statistics };
}

/** The full archive of a differential one. */
async function baseOf(
  { io }: CommandContext,
  options: DumpCommandOptions,
): Promise<ArchiveOrigin | undefined> {
  const { differential, output } = options;
  if (differential === undefined) return undefined;
  if (await isSameFile(differential, output))
    throw new UsageError("the new archive would replace its base", { object: differential });
  return archiveOf(differential, io, options);
}

/** Before the rows are copied, so that what cannot be restored costs no time. */
async function proveFirst(
  { console, signal }: CommandContext,
  source: ConnectionSource,
  {
    options,
    dumpOptions,
  }: { readonly options: DumpCommandOptions; readonly dumpOptions: DumpOptions },
): Promise<void> {
  const { proveSource } = await import("../../prove/prove-source.ts");
  const proof = await proveSource(
    source,
    dumpOptions,
    withoutUndefined({ into: options.into, signal, onProgress: showProgress(console) }),
  );
  const role = proof.role === null ? "" : " as a role without superuser";
  console.say(
    "info",
    `restored ${plural(proof.objects, "object")} into ${proof.target}${role} in ${formatDuration(proof.elapsedMs)}`,
  );
}
