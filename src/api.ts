/**
 * The library's functions. Each loads its implementation when it is first called: importing the library is cheap, and a
 * program that only inspects archives never loads the PostgreSQL driver. Signatures and documentation are those of the
 * implementations.
 */
import type * as Age from "./archive/encryption/age.ts";
import { lazyStore } from "./archive/storage/lazy-store.ts";
import type * as WithBase from "./archive/base/with-base.ts";
import type * as Diff from "./diff/diff.ts";
import type * as Drill from "./drill/drill.ts";
import type * as Dump from "./dump/dump.ts";
import type * as Merge from "./merge/merge.ts";
import type * as Convert from "./plain/convert/convert.ts";
import type * as InspectPlain from "./plain/inspect-plain.ts";
import type * as RestorePlain from "./plain/restore/restore-plain.ts";
import type * as Pack from "./pack/pack.ts";
import type * as Unpack from "./pack/unpack.ts";
import type * as Undelete from "./undelete/undelete.ts";
import type * as Inspect from "./verify/inspect.ts";
import type * as InspectCode from "./verify/code/inspect-code.ts";
import type * as Prove from "./prove/prove.ts";
import type * as ProveSource from "./prove/prove-source.ts";
import type * as Restore from "./swap/restore.ts";
import type * as Undo from "./swap/undo.ts";
import type * as Verify from "./verify/verify.ts";

/** Checks of arguments; loaded with the first function, as they need zod. */
const checked = () => import("./arguments/functions.ts");

/** @function */
export const convert: typeof Convert.convert = async (...args) =>
  (await import("./plain/convert/convert.ts")).convert(...(await checked()).convertArguments(args));

/** @function */
export const diff: typeof Diff.diff = async (...args) =>
  (await import("./diff/diff.ts")).diff(...(await checked()).diffArguments(args));

/** @function */
export const drill: typeof Drill.drill = async (...args) =>
  (await import("./drill/drill.ts")).drill(...(await checked()).drillArguments(args));

/** @function */
export const dump: typeof Dump.dump = async (...args) =>
  (await import("./dump/dump.ts")).dump(...(await checked()).dumpArguments(args));

/** @function */
export const inspect: typeof Inspect.inspect = async (...args) =>
  (await import("./verify/inspect.ts")).inspect(
    ...(await checked()).inspectArguments("inspect", args),
  );

/** @function */
export const inspectCode: typeof InspectCode.inspectCode = async (...args) =>
  (await import("./verify/code/inspect-code.ts")).inspectCode(
    ...(await checked()).inspectArguments("inspectCode", args),
  );

/** @function */
export const inspectPlain: typeof InspectPlain.inspectPlain = async (...args) =>
  (await import("./plain/inspect-plain.ts")).inspectPlain(
    ...(await checked()).inspectPlainArguments("inspectPlain", args),
  );

/** @function */
export const inspectSql: typeof Inspect.inspectSql = async (...args) =>
  (await import("./verify/inspect.ts")).inspectSql(
    ...(await checked()).inspectArguments("inspectSql", args),
  );

/** @function */
export const merge: typeof Merge.merge = async (...args) =>
  (await import("./merge/merge.ts")).merge(...(await checked()).mergeArguments(args));

/** @function */
export const pack: typeof Pack.pack = async (...args) =>
  (await import("./pack/pack.ts")).pack(...(await checked()).packArguments(args));

/** @function */
export const prove: typeof Prove.prove = async (...args) =>
  (await import("./prove/prove.ts")).prove(...(await checked()).proveArguments(args));

/** @function */
export const proveSource: typeof ProveSource.proveSource = async (...args) =>
  (await import("./prove/prove-source.ts")).proveSource(
    ...(await checked()).proveSourceArguments(args),
  );

/** @function */
export const restore: typeof Restore.restore = async (...args) =>
  (await import("./swap/restore.ts")).restore(...(await checked()).restoreArguments(args));

/** @function */
export const undoSwap: typeof Undo.undoSwap = async (...args) =>
  (await import("./swap/undo.ts")).undoSwap(...(await checked()).undoSwapArguments(args));

/** @function */
export const listKeptDatabases: typeof Undo.listKeptDatabases = async (...args) =>
  (await import("./swap/undo.ts")).listKeptDatabases(
    ...(await checked()).keptArguments("listKeptDatabases", args),
  );

/** @function */
export const dropExpiredDatabases: typeof Undo.dropExpiredDatabases = async (...args) =>
  (await import("./swap/undo.ts")).dropExpiredDatabases(
    ...(await checked()).keptArguments("dropExpiredDatabases", args),
  );

/** @function */
export const undelete: typeof Undelete.undelete = async (...args) =>
  (await import("./undelete/undelete.ts")).undelete(...(await checked()).undeleteArguments(args));

/** @function */
export const restorePlain: typeof RestorePlain.restorePlain = async (...args) =>
  (await import("./plain/restore/restore-plain.ts")).restorePlain(
    ...(await checked()).restorePlainArguments(args),
  );

/** @function */
export const verifyPlain: typeof InspectPlain.verifyPlain = async (...args) =>
  (await import("./plain/inspect-plain.ts")).verifyPlain(
    ...(await checked()).inspectPlainArguments("verifyPlain", args),
  );

/** @function */
export const unpack: typeof Unpack.unpack = async (...args) =>
  (await import("./pack/unpack.ts")).unpack(...(await checked()).unpackArguments(args));

/** @function */
export const verify: typeof Verify.verify = async (...args) =>
  (await import("./verify/verify.ts")).verify(...(await checked()).verifyArguments(args));

/** @function */
export const encryptArchive: typeof Age.encryptArchive = (...args) =>
  lazyStore(async () => {
    const { encryptArguments } = await import("./arguments/stores.ts");
    const { encryptArchive: encrypt } = await import("./archive/encryption/age.ts");
    return encrypt(...encryptArguments(args));
  });

/** @function */
export const decryptArchive: typeof Age.decryptArchive = (...args) =>
  lazyStore(async () => {
    const { decryptArguments } = await import("./arguments/stores.ts");
    const { decryptArchive: decrypt } = await import("./archive/encryption/age.ts");
    return decrypt(...decryptArguments(args));
  });

/** @function */
export const withBase: typeof WithBase.withBase = (...args) =>
  lazyStore(async () => {
    const { baseArguments } = await import("./arguments/stores.ts");
    return (await import("./archive/base/with-base.ts")).withBase(...baseArguments(args));
  });
