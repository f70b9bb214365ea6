/**
 * Records what calls to the file system did to one folder and what of it was synced, and says what could lie there after
 * the power was cut at any of them. More than ext4 loses is lost here: contents without fsync of the file, and changes of
 * names, from the last one backwards, without fsync of the folder.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import type { Random } from "../../src/nexushub/demo-data/random.ts";
import { interceptFiles } from "./intercepted-files.ts";

/** A file, whatever its names. */
interface Inode {
  contents: Buffer;
  /** Undefined: never. */
  synced: Buffer | undefined;
}

type Names = ReadonlyMap<string, Inode>;

/** What the disk may hold at one moment. */
export interface DiskState {
  /** After which call. */
  readonly call: string;
  /** The names as they were when the folder was synced, and after each change since. */
  readonly names: readonly Names[];
  /** Contents and what of them was synced, at that moment. */
  readonly contents: ReadonlyMap<Inode, Inode>;
}

/** Runs `work` and records a state after each call that it makes in the folder. */
export async function recordDisk(
  folder: string,
  work: () => Promise<unknown>,
): Promise<DiskState[]> {
  const recorder = new Recorder(folder);
  const states: DiskState[] = [];
  const stop = await interceptFiles([folder], {
    after({ name, path }) {
      recorder.scan();
      if (name === "handle.sync" || name === "handle.datasync") recorder.sync(path);
      states.push(recorder.state(`${name} ${path}`));
    },
  });
  try {
    await work();
  } finally {
    stop();
  }
  return states;
}

class Recorder {
  readonly #folder: string;
  readonly #inodes = new Map<string, Inode>();
  #names: Names[];

  constructor(folder: string) {
    this.#folder = folder;
    this.#names = [this.#read()];
    for (const inode of this.#inodes.values()) inode.synced = inode.contents;
  }

  scan(): void {
    const names = this.#read();
    const last = this.#names.at(-1)!;
    const isSame =
      names.size === last.size && [...names].every(([name, inode]) => last.get(name) === inode);
    if (!isSame) this.#names.push(names);
  }

  sync(path: string): void {
    if (path === this.#folder) {
      this.#names = [this.#names.at(-1)!];
      return;
    }
    const inode = this.#names.at(-1)!.get(path.slice(this.#folder.length + 1));
    if (inode !== undefined) inode.synced = inode.contents;
  }

  state(call: string): DiskState {
    const contents = new Map<Inode, Inode>();
    for (const inode of this.#inodes.values()) contents.set(inode, { ...inode });
    return { call, names: [...this.#names], contents };
  }

  #read(): Names {
    const names = new Map<string, Inode>();
    for (const name of fs.readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const { ino, birthtimeNs } = fs.statSync(path, { bigint: true });
      const key = `${ino} ${birthtimeNs}`;
      const inode = this.#inodes.get(key) ?? { contents: Buffer.alloc(0), synced: undefined };
      const contents = fs.readFileSync(path);
      if (!contents.equals(inode.contents)) inode.contents = contents;
      this.#inodes.set(key, inode);
      names.set(name, inode);
    }
    return names;
  }
}

/** What ended the run. After the end of a process everything that it did is there. */
export type Ending = "power cut" | "kill -9";

const DEAD_PID = 4_199_999;

/** Writes into an empty folder what may lie there afterwards. */
export function writeAftermath(
  folder: string,
  state: DiskState,
  ending: Ending,
  random: Random,
): void {
  const names = ending === "kill -9" ? state.names.at(-1)! : random.pick(state.names);
  for (const [name, inode] of names) {
    const { contents, synced } = state.contents.get(inode)!;
    const left =
      ending === "kill -9" || synced?.equals(contents) === true
        ? contents
        : unsynced(contents, synced, random);
    fs.writeFileSync(join(folder, asOfTheDead(name)), asOfAnotherProcess(left, ending), {
      mode: 0o600,
    });
  }
}

/** Delayed allocation leaves an empty file; a journal of metadata alone leaves zeros, or a part. */
function unsynced(contents: Buffer, synced: Buffer | undefined, random: Random): Buffer {
  return random.pick([
    synced ?? Buffer.alloc(0),
    contents,
    Buffer.alloc(contents.length),
    contents.subarray(0, random.below(contents.length + 1)),
  ]);
}

/** The process that wrote the file is this one, which still runs. */
function asOfTheDead(name: string): string {
  return name.replaceAll(`.${process.pid}-`, `.${DEAD_PID}-`);
}

/** A lock's record names this process and this boot. */
function asOfAnotherProcess(contents: Buffer, ending: Ending): Buffer {
  if (contents.length > 1000 || !contents.includes('"boot"')) return contents;
  const text = contents.toString("utf8");
  return Buffer.from(
    ending === "kill -9"
      ? text.replace(`"pid":${process.pid}`, `"pid":${DEAD_PID}`)
      : text.replace(/"boot":"[^"]*"/, `"boot":"${createHash("md5").update(text).digest("hex")}"`),
  );
}
