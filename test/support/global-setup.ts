/**
 * One for the whole run: builds the program once, as hundreds of starts from its source would take minutes, and starts
 * a server when the first test asks for it, to share it among all test files. Workers ask over loopback HTTP, so every
 * server belongs to this one process and ends with it, in whatever way.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { defaultMajor, openServer, type OpenServer } from "./open-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where workers ask for servers. */
    serverDesk: string;
    /** The folder with the built program of this very source. */
    built: string;
  }
}

/** Not `dist`, which is of another moment when the tests are run without their script. */
function buildProgram(): string {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = `${root}node_modules/.cache/nexushub-dump-test-${process.pid}`;
  const build = ["scripts/build-program.mjs", `${folder}/cli`];
  execFileSync(process.execPath, build, { cwd: root, stdio: "inherit" });
  return folder;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = buildProgram();
  project.provide("built", built);
  const servers = new Map<string, Promise<OpenServer>>();

  const desk = createServer((request, response) => {
    const [, cluster = "", asked = ""] = (request.url ?? "/").split("/");
    const major = asked === "" ? defaultMajor(cluster) : Number(asked);
    const name = `${cluster} ${major}`;
    let server = servers.get(name);
    if (server === undefined) {
      server = openServer(cluster, major);
      servers.set(name, server);
    }
    server.then(
      ({ facts }) => response.end(JSON.stringify(facts)),
      (error: unknown) => {
        servers.delete(name);
        response.writeHead(500).end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  desk.listen(0, "127.0.0.1");
  await once(desk, "listening");
  project.provide("serverDesk", `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);

  return async () => {
    rmSync(built, { recursive: true, force: true });
    desk.closeAllConnections();
    desk.close();
    for (const server of await Promise.allSettled(servers.values())) {
      if (server.status === "fulfilled") await server.value.close();
    }
  };
}
