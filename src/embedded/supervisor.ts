/**
 * The small shell program that stands between us and PostgreSQL. It creates the cluster, runs the server, and
 * holds the reading end of a pipe whose writing end is ours: when that closes, because we are done or because we
 * were killed, it stops the server and removes the folder. So nothing has to run in us at exit.
 * A shell, because it exists wherever PostgreSQL runs, is small, and works from sources and from the built package.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { hostname } from "node:os";
import { childEnvironment } from "../util/child-environment.ts";
import type { Account } from "./account.ts";

/**
 * Arguments: the server's folder, the host's name, the folder of the programs, then initdb's own arguments.
 * - `owner` tells a later start whether somebody still looks after the folder (stale.ts).
 * - `done` says that the server has ended, so its process id may be another's by now; `log` says why.
 * - SIGQUIT is the immediate shutdown (PostgreSQL docs, "Shutting Down the Server"): right for data that is to go.
 *   It is repeated, as a shell on its way from initdb to postgres ignores it.
 */
const SCRIPT = `
trap '' HUP INT TERM
dir=$1 bin=$3
printf '%s %s\\n' "$$" "$2" >"$dir/owner"
shift 3
exec 3<&0 </dev/null
(
  "$bin/initdb" --pgdata "$dir/data" "$@" || exit
  rm -f "$dir/password"
  cat "$dir/settings.conf" >>"$dir/data/postgresql.conf"
  [ -e "$dir/stop" ] || exec "$bin/postgres" -D "$dir/data"
) >>"$dir/log" 2>&1 3<&- &
server=$!
(
  cat <&3 >/dev/null
  : >"$dir/stop"
  while [ ! -e "$dir/done" ] && kill -QUIT "$server"; do sleep 1; done 2>/dev/null
) &
watch=$!
wait "$server"
: >"$dir/done"
[ -e "$dir/stop" ] || wait "$watch"
rm -rf -- "$dir"
`;

/** What the supervisor is to run. */
export interface Supervised {
  /** The server's own folder, which will be removed. */
  readonly folder: string;
  /** The folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** For initdb, without the data directory. */
  readonly initdb: readonly string[];
  readonly account: Account | undefined;
}

/**
 * Starts the supervisor. The server lives until the child's `stdin` is closed, by us or by our end.
 * In a session of its own, so that Ctrl-C in a terminal reaches us alone.
 */
export function supervise({ folder, bin, initdb, account }: Supervised): ChildProcess {
  const child = spawn("/bin/sh", ["-c", SCRIPT, "sh", folder, hostname(), bin, ...initdb], {
    ...account,
    cwd: "/",
    detached: true,
    // Other processes of the account can read it.
    env: childEnvironment(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.stdin?.on("error", () => {}); // the supervisor was killed: its exit event says so
  return child;
}
