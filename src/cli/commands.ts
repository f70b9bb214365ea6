/** All commands, in the order of the help. Each file declares its options and loads its body when it runs. */
import type { Registry } from "./command.ts";
import { addBackup } from "./commands/backup.ts";
import { addDemo } from "./commands/demo.ts";
import { addDiff } from "./commands/diff.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addDrill } from "./commands/drill.ts";
import { addDump } from "./commands/dump.ts";
import { addInspect } from "./commands/inspect.ts";
import { addPack } from "./commands/pack.ts";
import { addPrune } from "./commands/prune.ts";
import { addRestore } from "./commands/restore.ts";
import { addSchedule } from "./commands/schedule.ts";
import { addUnlock } from "./commands/unlock.ts";
import { addVerify } from "./commands/verify.ts";

export const COMMANDS: readonly ((registry: Registry) => void)[] = [
  addDump,
  addRestore,
  addInspect,
  addVerify,
  addDiff,
  addPack,
  addBackup,
  addDrill,
  addPrune,
  addUnlock,
  addDoctor,
  addSchedule,
  addDemo,
];
