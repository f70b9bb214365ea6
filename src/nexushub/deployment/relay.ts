/**
 * PostgreSQL over `docker exec`, for engines whose networks this host cannot reach. A Unix socket in a private folder
 * accepts connections, and each one is piped through an `exec` into the container. Because it is an ordinary socket,
 * parallel workers and cancel requests work as usual, and the driver needs no changes.
 */
import { spawn } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { childEnvironment } from "../../util/child-environment.ts";
import { createTemporaryFolder, removeTemporaryFolder } from "../../util/temp-file.ts";

/**
 * The script inside the container: copies between its standard streams and the server, and ends when either side ends.
 * It must stay a single process. In a container PostgreSQL is process 1, so it inherits orphans; one that dies by a
 * signal looks to it like a crashed backend, and it restarts the database (CleanupBackend() in
 * src/backend/postmaster/postmaster.c). Hence `exec`, no shell pipeline, and not bash's /dev/tcp. perl is always present
 * in Debian images, and nc is part of Alpine's busybox.
 */
const CONTAINER_SCRIPT = `
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
  /** The folder of the socket: a `host` that starts with a slash, as in libpq. */
  readonly host: string;
  /** Part of the socket's name in the folder: `.s.PGSQL.<port>`. */
  readonly port: number;
  /** The error message of the last `exec` that failed; null when none did. */
  problem(): string | null;
  /** Closes every connection and removes the socket. */
  close(): Promise<void>;
}

/** Opens the socket. Nothing runs in the container before a client connects. */
export async function openRelay(container: string, port: number): Promise<Relay> {
  const host = await createTemporaryFolder();
  const open = new Set<() => void>();
  let problem: string | null = null;

  // Half-open: a client that has finished sending still receives the server's reply.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const child = spawn(
      "docker",
      ["exec", "-i", container, "sh", "-c", CONTAINER_SCRIPT, "sh", String(port)],
      {
        stdio: "pipe",
        windowsHide: true,
        env: childEnvironment("docker"),
      },
    );
    const end = (): void => {
      socket.destroy();
      child.kill();
      open.delete(end);
    };
    open.add(end);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-300)));
    child.on("error", (error) => {
      problem = `docker exec: ${error.message}`;
      end();
    });
    child.on("close", (code) => {
      if (code !== 0 && code !== null)
        problem = `docker exec: ${stderr.trim() || `exit code ${code}`}`;
      open.delete(end);
      // The last bytes from the server may still be on their way to the client.
      socket.end();
    });
    pipeToContainer(socket, child.stdin, end);
    child.stdout.pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(join(host, `.s.PGSQL.${port}`), resolve);
  });
  // The relay alone must not keep the process alive.
  server.unref();
  return {
    host,
    port,
    problem: () => problem,
    async close() {
      for (const end of open) end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await removeTemporaryFolder(host);
    },
  };
}

/** Pipes from the client to the `exec`; an error on either side closes both. */
function pipeToContainer(socket: Socket, stdin: NodeJS.WritableStream, end: () => void): void {
  socket.on("error", end);
  socket.on("close", end);
  // EPIPE when the program has ended: its exit code tells why.
  stdin.on("error", () => undefined);
  socket.pipe(stdin);
}
