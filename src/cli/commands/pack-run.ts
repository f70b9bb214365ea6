/** The bodies of `pack` and `unpack`. */
import { UsageError } from "../../errors.ts";
import { pack } from "../../pack/pack.ts";
import { unpack } from "../../pack/unpack.ts";
import { archiveOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { formatBytes, formatCount, plural } from "../../util/format.ts";

export const packRun: Body<object> = async ({ io, console, signal }, _options, file, folder) => {
  if (folder === undefined) throw new UsageError("name the folder");
  const result = await pack(await archiveOf(file, io), folder, { signal });
  console.result(
    result,
    `${folder}: ${formatCount(result.rows)} rows in ${plural(result.files, "file")}${result.removed.length > 0 ? `, ${result.removed.length} removed` : ""}`,
  );
  return DONE;
};

export const unpackRun: Body<object> = async ({ io, console, signal }, _options, folder, file) => {
  if (folder === undefined || file === undefined) throw new UsageError("name folder and archive");
  const result = await unpack(folder, file === "-" ? io.stdout : file, { signal });
  const text = `${file === "-" ? "standard output" : file}: ${formatCount(result.rows)} rows in ${plural(result.relations, "relation")}, ${formatBytes(result.archiveBytes)}`;
  if (file === "-") console.say("info", text, { result });
  else console.result(result, text);
  return DONE;
};
