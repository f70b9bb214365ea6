/** All commands, in the order of the help. Each file declares its options and loads its body when it runs. */
import type { Command } from "commander";
import type { Registry } from "./command.ts";
import { addBackup } from "./commands/backup.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConvert } from "./commands/convert.ts";
import { addCopy } from "./commands/copy.ts";
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

/** Headings of the program's help, with the commands under each. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, AddCommand>>>> = {
  "Archives:": {
    dump: addDump,
    inspect: addInspect,
    verify: addVerify,
    diff: addDiff,
    merge: addMerge,
    convert: addConvert,
  },
  "Restoring:": { restore: addRestore, undelete: addUndelete },
  "Backups:": {
    backup: addBackup,
    copy: addCopy,
    list: addList,
    drill: addDrill,
    prune: addPrune,
    hold: addHold,
    report: addReport,
    unlock: addUnlock,
  },
  "Fixtures:": { pack: addPack, unpack: addPack },
  "Operations:": {
    doctor: addDoctor,
    schedule: addSchedule,
    notify: addNotifyCommand,
    config: addConfigCommand,
    completion: addCompletion,
  },
  "Getting started:": { demo: addDemo },
};

/**
 * Defines the command of this name, and nothing else: a start is quicker without the options of all the others. All of
 * them without a name, or with an unknown one.
 */
export function addCommands(program: Command, registry: Registry, name?: string): void {
  const groups = Object.entries(COMMANDS);
  const isKnown = name !== undefined && groups.some(([, group]) => Object.hasOwn(group, name));
  for (const [heading, group] of groups) {
    program.commandsGroup(heading);
    const adders = Object.entries(group).filter(([each]) => !isKnown || each === name);
    for (const add of new Set(adders.map(([, each]) => each))) add(registry);
  }
}
