/** All commands, in the order of the help. Each file declares its options and loads its body when it runs. */
import type { Registry } from "./command.ts";
import { addBackup } from "./commands/backup.ts";
import { addConvert } from "./commands/convert.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addDemo } from "./commands/demo.ts";
import { addDiff } from "./commands/diff.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addDrill } from "./commands/drill.ts";
import { addDump } from "./commands/dump.ts";
import { addHold } from "./commands/hold.ts";
import { addInspect } from "./commands/inspect.ts";
import { addList } from "./commands/list.ts";
import { addMerge } from "./commands/merge.ts";
import { addNotifyCommand } from "./commands/notify.ts";
import { addPack } from "./commands/pack.ts";
import { addPrune } from "./commands/prune.ts";
import { addReport } from "./commands/report.ts";
import { addRestore } from "./commands/restore.ts";
import { addSchedule } from "./commands/schedule.ts";
import { addUndelete } from "./commands/undelete.ts";
import { addUnlock } from "./commands/unlock.ts";
import { addVerify } from "./commands/verify.ts";

type AddCommand = (registry: Registry) => void;

const COMMANDS: Readonly<Record<string, AddCommand>> = {
  dump: addDump,
  restore: addRestore,
  undelete: addUndelete,
  inspect: addInspect,
  verify: addVerify,
  diff: addDiff,
  merge: addMerge,
  convert: addConvert,
  pack: addPack,
  unpack: addPack,
  backup: addBackup,
  list: addList,
  drill: addDrill,
  prune: addPrune,
  hold: addHold,
  report: addReport,
  unlock: addUnlock,
  doctor: addDoctor,
  schedule: addSchedule,
  notify: addNotifyCommand,
  config: addConfigCommand,
  demo: addDemo,
};

/** What defines the command of this name, and nothing else: a start is quicker without the options of all the others. */
export function commandsFor(name: string | undefined): Iterable<AddCommand> {
  return name !== undefined && Object.hasOwn(COMMANDS, name)
    ? [COMMANDS[name]!]
    : new Set(Object.values(COMMANDS));
}
