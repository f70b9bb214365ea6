/** As much of an object store as reading takes, where a test asks what was sent and not what a store makes of it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { certificate, privateKey } from "../certificates.ts";

export interface FakeStore {
  readonly port: number;
  /** Headers and address of all requests. */
  readonly requests: Pick<IncomingMessage, "headers" | "url">[];
  close(): Promise<void>;
}

/** @param object what every key holds. */
export async function startFakeStore(
  object: Buffer,
  { isTls = false }: { readonly isTls?: boolean } = {},
): Promise<FakeStore> {
  const requests: FakeStore["requests"] = [];
  const listener: RequestListener = (request, answer) => {
    const { headers, url } = request;
    requests.push({ headers, url });
    request.resume();
    const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const begin = first === "" ? Math.max(0, object.length - Number(last)) : Number(first ?? 0);
    const end = first === "" || last === "" ? object.length - 1 : Number(last);
    answer.writeHead(206, {
      etag: '"x"',
      "content-range": `bytes ${begin}-${end}/${object.length}`,
    });
    answer.end(object.subarray(begin, end + 1));
  };
  const server = isTls
    ? createTlsServer({ cert: certificate, key: privateKey }, listener)
    : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export interface ConnectProxy {
  readonly url: string;
  /** The hosts that it was asked for, with their ports. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** A proxy that leads every name to one port of this machine. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connect", ({ url = "" }: IncomingMessage, client: Socket) => {
    asked.push(url);
    const near = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      near.pipe(client).pipe(near);
    });
    for (const socket of [client, near]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
