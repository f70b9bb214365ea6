/** Stands before a gateway and makes requests fail as a store and a network do. */
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request; undefined passes it on. */
export type Fault =
  | { readonly status: number; readonly code?: string }
  /** Before anything is passed on, after so many bytes of the answer, or when the gateway has answered. */
  | { readonly reset: "before" | "after" | number }
  | { readonly flipBody: true }
  /** Before anything is passed on. */
  | { readonly delayMs: number }
  /** The connection ends after so many bytes of the request's body. */
  | { readonly cutBody: number }
  /** Of an answer with text. */
  | { readonly changeAnswer: readonly [from: RegExp, to: string] };

export interface FaultProxy {
  readonly endpoint: string;
  /** Requests so far, bytes of answers, and bytes that were sent to the gateway. */
  readonly seen: { requests: number; bytes: number; sent: number; readonly lines: string[] };
  /** Decides about each request. */
  fault: (request: IncomingMessage) => Fault | undefined;
  /** Passes requests on to another gateway from now on. */
  retarget(target: string): void;
  close(): Promise<void>;
}

export async function startFaultProxy(first: string): Promise<FaultProxy> {
  let target = first;
  const proxy: { fault: FaultProxy["fault"]; seen: FaultProxy["seen"] } = {
    fault: () => undefined,
    seen: { requests: 0, bytes: 0, sent: 0, lines: [] },
  };
  const server = createServer((incoming, answer) => {
    proxy.seen.requests++;
    proxy.seen.lines.push(`${incoming.method} ${incoming.url}`);
    const fault = proxy.fault(incoming);
    if (fault !== undefined && "status" in fault) refuse(incoming, answer, fault);
    else if (fault !== undefined && "reset" in fault && fault.reset === "before")
      incoming.socket.destroy();
    else if (fault !== undefined && "delayMs" in fault)
      setTimeout(() => pass(incoming, answer, { target, fault, seen: proxy.seen }), fault.delayMs);
    else pass(incoming, answer, { target, fault, seen: proxy.seen });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(proxy, {
    endpoint,
    retarget(next: string) {
      target = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

function refuse(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { status, code }: { readonly status: number; readonly code?: string },
): void {
  incoming.resume();
  incoming.on("end", () => {
    answer.writeHead(status, { "content-type": "application/xml" });
    answer.end(code === undefined ? "" : `<Error><Code>${code}</Code></Error>`);
  });
}

interface Passing {
  readonly target: string;
  readonly fault: Fault | undefined;
  readonly seen: FaultProxy["seen"];
}

function pass(incoming: IncomingMessage, answer: ServerResponse, passing: Passing): void {
  const { target, fault, seen } = passing;
  const { hostname, port } = new URL(target);
  const options = { hostname, port, method: incoming.method, path: incoming.url };
  // The signature covers the host that the client asked for, and the gateway takes any.
  const outgoing = request({ ...options, headers: incoming.headers, agent: false }, (reply) => {
    if (fault !== undefined && "reset" in fault && fault.reset === "after") {
      reply.resume().on("end", () => incoming.socket.destroy());
      return;
    }
    if (fault !== undefined && "changeAnswer" in fault) {
      change(reply, answer, fault.changeAnswer);
      return;
    }
    answer.writeHead(reply.statusCode ?? 500, reply.headers);
    let left = fault !== undefined && "reset" in fault ? Number(fault.reset) : Infinity;
    reply.on("data", (chunk: Buffer) => {
      if (left <= 0) return;
      seen.bytes += chunk.length;
      left -= chunk.length;
      answer.write(chunk);
      if (left <= 0) setTimeout(() => incoming.socket.destroy(), 20);
    });
    reply.on("end", () => answer.end());
  });
  let passed = 0;
  outgoing.on("error", () => incoming.socket.destroy());
  incoming.on("data", (chunk: Buffer) => {
    if (fault !== undefined && "flipBody" in fault && chunk.length > 0) chunk[0]! ^= 1;
    seen.sent += chunk.length;
    outgoing.write(chunk);
    passed += chunk.length;
    if (fault !== undefined && "cutBody" in fault && passed > fault.cutBody) {
      outgoing.destroy();
      incoming.socket.destroy();
    }
  });
  incoming.on("end", () => outgoing.end());
}

function change(
  reply: IncomingMessage,
  answer: ServerResponse,
  [from, to]: readonly [RegExp, string],
): void {
  let text = "";
  reply.setEncoding("utf8");
  reply.on("data", (chunk: string) => (text += chunk));
  reply.on("end", () => {
    const { "content-length": _length, ...headers } = reply.headers;
    answer.writeHead(reply.statusCode ?? 500, headers);
    answer.end(text.replace(from, to));
  });
}
