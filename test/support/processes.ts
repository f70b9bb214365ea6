/** What anybody on the machine can see of processes: their arguments. Linux alone tells here. */
import { readFile } from "node:fs/promises";

const read = (path: string): Promise<string> => readFile(`/proc/${path}`, "utf8").catch(() => "");

/** The arguments of a process and of all that it started, as they are now. */
export async function argumentsBelow(pid: number): Promise<string> {
  const children = (await read(`${pid}/task/${pid}/children`)).split(" ").filter(Boolean);
  const below = await Promise.all(children.map((child) => argumentsBelow(Number(child))));
  return [await read(`${pid}/cmdline`), ...below].join("\n");
}

/** The environment without this run of vitest, of which nothing may reach one inside. */
export const outsideVitest = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/VITEST|^NODE_ENV$|^TEST$/.test(name)),
  );
