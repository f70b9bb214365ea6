/**
 * Queries the container engine about a compose service through the docker commands. Passwords never appear in an
 * argument, and of a command's output only the last line of an error is ever shown.
 */
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { z } from "zod";
import { childEnvironment } from "../../util/child-environment.ts";
import { type ContainerFacts, postgresPort } from "./facts.ts";

/** Time limit for one command: a remote context or a hanging daemon may never answer. */
const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** The last line of stderr, or why the command could not run. */
  readonly problem: string;
}

function run(command: string, args: readonly string[]): Promise<CommandResult> {
  // A compose file can refer to any variable, and one that is missing can be an error.
  const isCompose = command === "docker-compose" || args[0] === "compose";
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        timeout: TIMEOUT_MS,
        maxBuffer: MAX_OUTPUT_BYTES,
        windowsHide: true,
        env: isCompose ? process.env : childEnvironment("docker"),
      },
      (error, stdout, stderr) => {
        const last = stderr.trim().split("\n").at(-1) ?? "";
        const missing = error !== null && "code" in error && error.code === "ENOENT";
        const silent = error?.killed === true ? "no answer within 30 s" : "it failed";
        resolve({
          ok: error === null,
          stdout,
          problem: missing ? "not installed" : last.slice(0, 300) || silent,
        });
      },
    );
  });
}

/** Finds the container of a compose service, running or not. */
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
 * Asks Compose version 2, then version 1. Both only find a stack that was started under the same project name. Otherwise,
 * or when neither is installed, the labels that Compose puts on a container identify it by its folder.
 */
async function containerId(composeFile: string, service: string): Promise<string | null> {
  const ps = ["-f", composeFile, "ps", "-a", "-q", service];
  const labels = ["service=" + service, "project.working_dir=" + dirname(composeFile)].flatMap(
    (label) => ["--filter", `label=com.docker.compose.${label}`],
  );
  const commands: (readonly [string, string[]])[] = [
    ["docker", ["compose", ...ps]],
    ["docker-compose", ps],
    ["docker", ["ps", "-q", ...labels]],
    ["docker", ["ps", "-a", "-q", ...labels]],
  ];
  for (const [command, args] of commands) {
    const { ok, stdout } = await run(command, args);
    const [id] = ok ? stdout.trim().split(/\s+/) : [];
    if (id !== undefined && /^[0-9a-f]{12,64}$/.test(id)) return id;
  }
  return null;
}

/** The fields of `docker inspect` that are used. */
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

/** Parses the output of `docker inspect` for one container. */
export function readInspection(json: string): ContainerFacts {
  const [inspection] = inspectionSchema.parse(JSON.parse(json));
  const env = Object.fromEntries(
    (inspection.Config.Env ?? []).map((text) => {
      const equals = text.indexOf("=");
      return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
  const bindings = inspection.NetworkSettings.Ports?.[`${postgresPort(env)}/tcp`] ?? [];
  const networks = Object.values(inspection.NetworkSettings.Networks ?? {});
  return {
    id: inspection.Id,
    name: inspection.Name.replace(/^\//, ""),
    status: inspection.State.Status,
    env,
    addresses: networks.flatMap(({ IPAddress }) => (IPAddress ? [IPAddress] : [])),
    // A port published on every address is reached over loopback; the same port on :: would be tried twice.
    published: bindings
      .filter(({ HostIp }) => HostIp !== "::")
      .map(({ HostIp, HostPort }) => ({
        host: HostIp === "" || HostIp === "0.0.0.0" ? "127.0.0.1" : HostIp,
        port: Number(HostPort),
      })),
  };
}

/** Resolves `POSTGRES_PASSWORD_FILE` and similar variables of the image, which name a file inside the container. */
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
