/**
 * One for the whole run: starts a server when the first test asks for it, and shares it among all test files.
 * Workers ask over loopback HTTP, so every server belongs to this one process and ends with it, in whatever way.
 */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { defaultMajor, openServer, type OpenServer } from "./open-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where workers ask for servers. */
    serverDesk: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
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
    desk.closeAllConnections();
    desk.close();
    for (const server of await Promise.allSettled(servers.values())) {
      if (server.status === "fulfilled") await server.value.close();
    }
  };
}
