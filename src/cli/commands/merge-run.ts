/** The body of `merge`. */
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import type { SealManifest } from "../../archive/writer.ts";
import { UsageError } from "../../errors.ts";
import { merge } from "../../merge/merge.ts";
import { findKey } from "../../nexushub/deployment/open-deployment.ts";
import { sealManifest } from "../../nexushub/keys/manifest-key.ts";
import { parseKey } from "../../nexushub/keys/sealing-key.ts";
import { guardRestore } from "../../nexushub/restore/guard.ts";
import { inspect } from "../../verify/inspect.ts";
import { formatBytes, formatCount, formatDuration, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { archiveOf } from "../archive-operand.ts";
import type { Body, CommandContext, ConnectionOptions } from "../command.ts";
import {
  type DecryptionOptions,
  encryptedTarget,
  type EncryptionOptions,
  type SigningOptions,
  signKeyOf,
} from "../encryption.ts";
import { DONE } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";
import { deploymentOptions } from "../source.ts";

export interface MergeCommandOptions
  extends
    Pick<ConnectionOptions, "envFile" | "composeFile">,
    DecryptionOptions,
    Pick<EncryptionOptions, "encryptTo" | "recipientsFile">,
    SigningOptions {
  readonly output: string;
}

export const mergeRun: Body<MergeCommandOptions> = async (context, options, file) => {
  const { io, console, signal } = context;
  if (file === "-")
    throw new UsageError("a differential archive is read more than once: name its file");
  const archive = await archiveOf(file, io, options);
  const { encryptTo, recipientsFile, output } = options;
  const toStdout = output === "-";
  const recipients = withoutUndefined({ encryptTo, recipientsFile });
  const target = await encryptedTarget(recipients, toStdout ? io.stdout : output);
  const result = await merge(
    archive,
    target,
    withoutUndefined({
      seal: await sealOf(context, options, archive),
      signKey: await signKeyOf(options),
      signal,
      onProgress: showProgress(console),
    }),
  );
  for (const { message } of result.warnings) console.say("warning", message);
  const text = `${toStdout ? "standard output" : output}: ${plural(result.rows, "row")}, ${formatCount(result.baseRows)} of them from the base, ${formatBytes(result.archiveBytes)} written in ${formatDuration(result.elapsedMs)}`;
  // Then standard output is the archive.
  if (toStdout) console.say("info", text, { result });
  else console.result(result, text);
  return DONE;
};

/** Authenticates the new manifest with the key at hand, if it authenticates the old one. */
async function sealOf(
  context: CommandContext,
  options: MergeCommandOptions,
  archive: ArchiveOrigin,
): Promise<SealManifest | undefined> {
  const { console, signal } = context;
  const { hasKey } = await inspect(archive, { signal });
  if (!hasKey) return undefined;
  const { key } = await findKey(deploymentOptions(options, context));
  if (key === null) return undefined;
  for (const { message } of await guardRestore(archive, key, { signal }))
    console.say("warning", message);
  const bytes = parseKey(key.value);
  return (manifest) => sealManifest(manifest, bytes);
}
