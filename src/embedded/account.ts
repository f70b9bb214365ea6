/**
 * Under which account the server runs. PostgreSQL refuses to run as root, so root hands it to `nobody`, which
 * exists everywhere; no account is created. Everyone else runs it as themselves.
 */
import { readFileSync } from "node:fs";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The ids of `nobody` in a passwd(5) file; 65534, as Debian and most others have it, when it is not listed. */
export function nobodyIn(passwd: string): Account {
  const fields = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd);
  // macOS writes them as -2, meaning the unsigned 32-bit number.
  const id = (text: string | undefined): number => Number(text ?? 65534) >>> 0;
  return { uid: id(fields?.[1]), gid: id(fields?.[2]) };
}

/** The account for the server's processes; undefined: our own. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  let passwd = "";
  try {
    passwd = readFileSync("/etc/passwd", "utf8");
  } catch {
    // A container without that file: the usual number is as good as any.
  }
  return nobodyIn(passwd);
}
