/**
 * Asks the container engine about a compose service, through Docker's own commands, as the operator would. Passwords
 * never stand in an argument; what a command prints is read here and not shown, but for the last line of an error.
 */
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { z } from "zod";
import { type ContainerFacts, postgresPort } from "./decide.ts";

/** An engine that does not answer (a remote context, a hanging daemon) is given up after this. */
const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  /** The last line that the command wrote to stderr, or why it could not run. */
  readonly problem: string;
}

function run(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true },
      (error, stdout, stderr) => {
        const last = stderr.trim().split("\n").at(-1) ?? "";
        const missing = error !== null && "code" in error && error.code === "ENOENT";
        const silent = error?.killed === true ? "no answer in time" : "it failed";
        resolve({
          ok: error === null,
          stdout,
          problem: missing ? "not installed" : last.slice(0, 300) || silent,
        });
      },
    );
  });
}

/** The container of a compose file's service, running or not. */
export async function findContainer(
  composeFile: string,
  service: string,
): Promise<{ container: ContainerFacts | null; problem: string | null }> {
  const engine = await run("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (!engine.ok) return { container: null, problem: `docker: ${engine.problem}` };
  const id = await containerId(composeFile, service);
  if (id === null) return { container: null, problem: `its service ${service} has no container` };
  const inspected = await run("docker", ["inspect", "--type", "container", id]);
  if (!inspected.ok) return { container: null, problem: `docker inspect: ${inspected.problem}` };
  const container = readInspection(inspected.stdout);
  return container.status === "running"
    ? { container: await withSecretFiles(container), problem: null }
    : { container, problem: null };
}

/**
 * Compose version 2 is asked, then version 1. Both need the project's name to be the one that the stack was started
 * under; where it was another, or neither is installed, the labels that both put on a container tell its folder.
 */
async function containerId(composeFile: string, service: string): Promise<string | null> {
  const ps = ["-f", composeFile, "ps", "-a", "-q", service];
  const labels = ["service=" + service, "project.working_dir=" + dirname(composeFile)].flatMap(
    (label) => ["--filter", `label=com.docker.compose.${label}`],
  );
  const ways: (readonly [string, string[]])[] = [
    ["docker", ["compose", ...ps]],
    ["docker-compose", ps],
    ["docker", ["ps", "-q", ...labels]],
    ["docker", ["ps", "-a", "-q", ...labels]],
  ];
  for (const [command, args] of ways) {
    const { ok, stdout } = await run(command, args);
    const [id] = ok ? stdout.trim().split(/\s+/) : [];
    if (id !== undefined && /^[0-9a-f]{12,64}$/.test(id)) return id;
  }
  return null;
}

/** The part of `docker inspect` that is read here. */
const inspectionSchema = z.tuple([
  z.object({
    Id: z.string(),
    Name: z.string(),
    State: z.object({ Status: z.string() }),
    Config: z.object({ Env: z.array(z.string()).nullish() }),
    NetworkSettings: z.object({
      Ports: z
        .record(
          z.string(),
          z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullish(),
        )
        .nullish(),
      Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() })).nullish(),
    }),
  }),
]);

/** Reads what `docker inspect` printed about one container. */
export function readInspection(json: string): ContainerFacts {
  const [found] = inspectionSchema.parse(JSON.parse(json));
  const env = Object.fromEntries(
    (found.Config.Env ?? []).map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const bindings = found.NetworkSettings.Ports?.[`${postgresPort(env)}/tcp`] ?? [];
  const networks = Object.values(found.NetworkSettings.Networks ?? {});
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ""),
    status: found.State.Status,
    env,
    addresses: networks.flatMap(({ IPAddress }) => (IPAddress ? [IPAddress] : [])),
    // A port published on every address is reached over loopback; the same port on :: needs no second try.
    published: bindings
      .filter(({ HostIp }) => HostIp !== "::")
      .map(({ HostIp, HostPort }) => ({
        host: HostIp === "" || HostIp === "0.0.0.0" ? "127.0.0.1" : HostIp,
        port: Number(HostPort),
      })),
  };
}

/** The image also takes `POSTGRES_PASSWORD_FILE` and its like: a file inside the container. */
async function withSecretFiles(container: ContainerFacts): Promise<ContainerFacts> {
  const env: Record<string, string> = { ...container.env };
  for (const name of ["POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"]) {
    const file = env[`${name}_FILE`];
    if (env[name] || file === undefined || file === "") continue;
    const { ok, stdout } = await run("docker", ["exec", container.id, "cat", file]);
    if (ok) env[name] = stdout.replace(/\n+$/, "");
  }
  return { ...container, env };
}
