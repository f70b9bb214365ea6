/** Whether two paths are one file. */
import { stat } from "node:fs/promises";

/** False when one of them does not exist. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => null)));
  if (first === null || second === null) return false;
  return first?.dev === second?.dev && first?.ino === second?.ino;
}
