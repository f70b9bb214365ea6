/**
 * What the library's functions are called with, checked: each returns the arguments for the function of its name, a URL or
 * pool turned into what that takes.
 */
import { UsageError } from "../errors.ts";
import type { DiffSide } from "../diff/options.ts";
import type { diff } from "../diff/diff.ts";
import type { drill } from "../drill/drill.ts";
import type { dump } from "../dump/dump.ts";
import type { merge } from "../merge/merge.ts";
import type { pack } from "../pack/pack.ts";
import type { unpack } from "../pack/unpack.ts";
import type { convert } from "../plain/convert/convert.ts";
import type { inspectPlain } from "../plain/inspect-plain.ts";
import type { PlainRestoreOptions } from "../plain/restore/options.ts";
import type { restorePlain } from "../plain/restore/restore-plain.ts";
import type { proveSource } from "../prove/prove-source.ts";
import type { prove } from "../prove/prove.ts";
import type { undelete } from "../undelete/undelete.ts";
import { readsAsConnectionString } from "../sql/conninfo/secrets.ts";
import type { restore } from "../swap/restore.ts";
import type { listKeptDatabases, undoSwap } from "../swap/undo.ts";
import type { inspect } from "../verify/inspect.ts";
import type { verify } from "../verify/verify.ts";
import { archiveArgument, folderArgument, rereadableArgument, targetArgument } from "./archive.ts";
import { checkCount, checkOptions } from "./check-options.ts";
import { databaseArgument, restoreTargetArgument } from "./database.ts";
import { describeValue, isPlain } from "./describe-value.ts";
import {
  CONVERT_OPTIONS,
  DIFF_OPTIONS,
  DRILL_OPTIONS,
  DUMP_OPTIONS,
  INSPECT_OPTIONS,
  INSPECT_PLAIN_OPTIONS,
  MERGE_OPTIONS,
  PACK_OPTIONS,
  PROVE_OPTIONS,
  RESTORE_OPTIONS,
  RESTORE_PLAIN_OPTIONS,
  UNDO_SWAP_OPTIONS,
  UNDELETE_OPTIONS,
  UNPACK_OPTIONS,
  VERIFY_OPTIONS,
} from "./schemas.ts";

type Unchecked = readonly unknown[];

export function dumpArguments(args: Unchecked): Parameters<typeof dump> {
  checkCount("dump", args.length, 3);
  const [source, target, options] = args;
  return [
    databaseArgument("dump", "source", source),
    targetArgument("dump", target),
    checkOptions("dump", options, DUMP_OPTIONS),
  ];
}

export function restoreArguments(args: Unchecked): Parameters<typeof restore> {
  checkCount("restore", args.length, 3);
  const [archive, target, options] = args;
  return [
    archiveArgument("restore", archive),
    restoreTargetArgument("restore", target),
    checkOptions("restore", options, RESTORE_OPTIONS),
  ];
}

export function undoSwapArguments(args: Unchecked): Parameters<typeof undoSwap> {
  checkCount("undoSwap", args.length, 2);
  return [
    databaseArgument("undoSwap", "target", args[0]),
    checkOptions("undoSwap", args[1], UNDO_SWAP_OPTIONS),
  ];
}

/** Of the functions on the databases that are kept of another one. */
export function keptArguments(
  caller: string,
  args: Unchecked,
): Parameters<typeof listKeptDatabases> {
  checkCount(caller, args.length, 1);
  return [databaseArgument(caller, "target", args[0])];
}

export function undeleteArguments(args: Unchecked): Parameters<typeof undelete> {
  checkCount("undelete", args.length, 3);
  const [archive, target, options] = args;
  const called = [
    archiveArgument("undelete", archive),
    restoreTargetArgument("undelete", target),
    checkOptions("undelete", options, UNDELETE_OPTIONS),
  ] as const;
  // Plain JavaScript can leave it out.
  if ((called[2].rows as unknown) === undefined) {
    throw new UsageError("undelete: the option rows is missing", {
      object: "rows",
      hint: "it says which rows come back, by a condition for each table",
    });
  }
  return [...called];
}

export function diffArguments(args: Unchecked): Parameters<typeof diff> {
  checkCount("diff", args.length, 3);
  const [a, b, options] = args;
  return [diffSide(a), diffSide(b), checkOptions("diff", options, DIFF_OPTIONS)];
}

/** A text that reads as a connection string is one; any other is a path. */
function diffSide(value: unknown): DiffSide {
  if (typeof value === "string" && readsAsConnectionString(value))
    return { database: databaseArgument("diff", "database", value) };
  if (value instanceof URL && /^postgres(?:ql)?:$/.test(value.protocol))
    return { database: databaseArgument("diff", "database", value) };
  if (isPlain(value) && "database" in value && !("open" in value)) {
    if (Object.keys(value).length > 1)
      throw misplacedSide("an object with database and more", "its address goes into database");
    return { database: databaseArgument("diff", "database", value["database"]) };
  }
  const { text } = describeValue(value);
  if (text === "a pool of pg" || text === "a client of pg")
    throw misplacedSide(text, "give { database: … } with it inside");
  return archiveArgument("diff", value);
}

function misplacedSide(text: string, hint: string): UsageError {
  return new UsageError(`diff: a side is ${text}, where an archive or { database } belongs`, {
    hint,
  });
}

export function mergeArguments(args: Unchecked): Parameters<typeof merge> {
  checkCount("merge", args.length, 3);
  const [archive, target, options] = args;
  return [
    archiveArgument("merge", archive),
    targetArgument("merge", target),
    checkOptions("merge", options, MERGE_OPTIONS),
  ];
}

export function convertArguments(args: Unchecked): Parameters<typeof convert> {
  checkCount("convert", args.length, 3);
  const [archive, target, options] = args;
  return [
    archiveArgument("convert", archive),
    targetArgument("convert", target),
    checkOptions("convert", options, CONVERT_OPTIONS),
  ];
}

export function restorePlainArguments(
  args: Unchecked,
): [
  dump: Parameters<typeof restorePlain>[0],
  target: Parameters<typeof restorePlain>[1],
  options: PlainRestoreOptions,
] {
  checkCount("restorePlain", args.length, 3);
  const [dump, target, options] = args;
  return [
    archiveArgument("restorePlain", dump),
    databaseArgument("restorePlain", "target", target),
    checkOptions("restorePlain", options, RESTORE_PLAIN_OPTIONS),
  ];
}

/** Of the functions that read a plain dump. */
export function inspectPlainArguments(
  caller: string,
  args: Unchecked,
): Parameters<typeof inspectPlain> {
  checkCount(caller, args.length, 2);
  return [archiveArgument(caller, args[0]), checkOptions(caller, args[1], INSPECT_PLAIN_OPTIONS)];
}

/** Options that may name a server for a throwaway database. */
export function withInto<Options extends { readonly into?: string | URL | undefined }>(
  caller: string,
  options: Options,
): Options {
  if (options.into !== undefined) databaseArgument(caller, "into", options.into);
  return options;
}

export function drillArguments(args: Unchecked): Parameters<typeof drill> {
  checkCount("drill", args.length, 2);
  return [
    rereadableArgument("drill", args[0]),
    withInto("drill", checkOptions("drill", args[1], DRILL_OPTIONS)),
  ];
}

export function proveArguments(args: Unchecked): Parameters<typeof prove> {
  checkCount("prove", args.length, 2);
  return [
    rereadableArgument("prove", args[0]),
    withInto("prove", checkOptions("prove", args[1], PROVE_OPTIONS)),
  ];
}

export function proveSourceArguments(args: Unchecked): Parameters<typeof proveSource> {
  checkCount("proveSource", args.length, 3);
  const { superuser: _, ...types } = PROVE_OPTIONS;
  return [
    databaseArgument("proveSource", "source", args[0]),
    checkOptions("proveSource", args[1], DUMP_OPTIONS),
    withInto("proveSource", checkOptions("proveSource", args[2], types)),
  ];
}

export function packArguments(args: Unchecked): Parameters<typeof pack> {
  checkCount("pack", args.length, 3);
  return [
    archiveArgument("pack", args[0]),
    folderArgument("pack", args[1]),
    checkOptions("pack", args[2], PACK_OPTIONS),
  ];
}

export function unpackArguments(args: Unchecked): Parameters<typeof unpack> {
  checkCount("unpack", args.length, 3);
  return [
    folderArgument("unpack", args[0]),
    targetArgument("unpack", args[1]),
    checkOptions("unpack", args[2], UNPACK_OPTIONS),
  ];
}

export function verifyArguments(args: Unchecked): Parameters<typeof verify> {
  checkCount("verify", args.length, 2);
  return [archiveArgument("verify", args[0]), checkOptions("verify", args[1], VERIFY_OPTIONS)];
}

/** Of `inspect` and its relatives, whose arguments are alike. */
export function inspectArguments(caller: string, args: Unchecked): Parameters<typeof inspect> {
  checkCount(caller, args.length, 2);
  return [archiveArgument(caller, args[0]), checkOptions(caller, args[1], INSPECT_OPTIONS)];
}
