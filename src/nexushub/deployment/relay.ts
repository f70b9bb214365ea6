/**
 * PostgreSQL over `docker exec`, for engines whose networks this host cannot reach. A Unix socket in a private folder
 * takes connections, and each is carried by an `exec` into the container. Being a plain socket, it serves a dump's
 * several workers and its cancel requests alike, and needs nothing of the driver.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The far end: copies between its standard streams and the server, and ends when either side does. It must stay one
 * process. In a container PostgreSQL is process 1, so it inherits orphans, and it takes one that dies by a signal for a
 * crashed server process and restarts the database (CleanupBackend() in src/backend/postmaster/postmaster.c). Hence
 * `exec`, no shell pipeline, and no bash with its /dev/tcp. perl is essential in Debian, nc is in Alpine's busybox.
 */
const FAR_END = `
if command -v perl >/dev/null 2>&1; then
  exec perl -MIO::Socket::INET -MIO::Select -e '
    my $server = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die "no server at 127.0.0.1:$ARGV[0]: $@\n";
    my $both = IO::Select->new($server, *STDIN);
    while (1) { for my $in ($both->can_read) {
      my $length = sysread($in, my $data, 65536) or exit 0;
      my $out = $in == $server ? *STDOUT : $server;
      for (my $at = 0; $at < $length;) { $at += syswrite($out, $data, $length - $at, $at) || exit 0; } } }' "$1"
elif command -v socat >/dev/null 2>&1; then
  exec socat - "TCP4:127.0.0.1:$1"
elif command -v nc >/dev/null 2>&1; then
  exec nc 127.0.0.1 "$1"
fi
echo "the container has neither perl nor socat nor nc" >&2
exit 4`;

export interface Relay {
  /** The folder of the socket: a `host` that starts with a slash, as libpq has it. */
  readonly host: string;
  /** Names the socket in the folder: `.s.PGSQL.<port>`. */
  readonly port: number;
  /** What the last failed `exec` said; null when none failed. */
  problem(): string | null;
  /** Ends every connection and removes the socket. */
  close(): Promise<void>;
}

/** Opens the socket. Nothing is executed before somebody connects. */
export async function openRelay(container: string, port: number): Promise<Relay> {
  const host = await mkdtemp(join(tmpdir(), "nexushub-dump-relay-"));
  const open = new Set<() => void>();
  let problem: string | null = null;

  // Half-open: a client that has said goodbye still gets what the server answers.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const child = spawn(
      "docker",
      ["exec", "-i", container, "sh", "-c", FAR_END, "sh", String(port)],
      {
        stdio: "pipe",
        windowsHide: true,
      },
    );
    const end = (): void => {
      socket.destroy();
      child.kill();
      open.delete(end);
    };
    open.add(end);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-300)));
    child.on("error", (error) => {
      problem = `docker exec: ${error.message}`;
      end();
    });
    child.on("close", (code) => {
      if (code !== 0 && code !== null)
        problem = `docker exec: ${said.trim() || `exit code ${code}`}`;
      open.delete(end);
      // What the server said last may still be on its way to the client.
      socket.end();
    });
    carry(socket, child.stdin, end);
    child.stdout.pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(join(host, `.s.PGSQL.${port}`), resolve);
  });
  // The relay alone shall not keep a finished program running.
  server.unref();
  return {
    host,
    port,
    problem: () => problem,
    async close() {
      for (const end of open) end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(host, { recursive: true, force: true });
    },
  };
}

/** From the client into the `exec`; a break on either side ends both. */
function carry(socket: Socket, stdin: NodeJS.WritableStream, end: () => void): void {
  socket.on("error", end);
  socket.on("close", end);
  // A program that is gone closes its input under us: its exit says why.
  stdin.on("error", () => undefined);
  socket.pipe(stdin);
}
