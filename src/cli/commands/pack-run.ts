/** The bodies of `pack` and `unpack`. */
import { pack } from "../../pack/pack.ts";
import { unpack } from "../../pack/unpack.ts";
import { formatBytes, plural } from "../../util/format.ts";
import { archiveOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";

export const packRun: Body<DecryptionOptions> = async (
  { io, console, signal },
  options,
  file,
  folder,
) => {
  const result = await pack(await archiveOf(file, io, options), folder!, { signal });
  const removed = result.removed.length === 0 ? "" : `, ${result.removed.length} removed`;
  console.result(
    result,
    `${folder}: ${plural(result.rows, "row")} in ${plural(result.files, "file")}${removed}`,
  );
  return DONE;
};

export const unpackRun: Body<object> = async ({ io, console, signal }, _options, folder, file) => {
  const toStdout = file === "-";
  const result = await unpack(folder!, toStdout ? io.stdout : file!, { signal });
  const text = `${toStdout ? "standard output" : file}: ${plural(result.rows, "row")} in ${plural(result.relations, "relation")}, ${formatBytes(result.archiveBytes)}`;
  // Then standard output is the archive.
  if (toStdout) console.say("info", text, { result });
  else console.result(result, text);
  return DONE;
};
