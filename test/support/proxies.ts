/** What can stand between a client and PostgreSQL, in little: a TLS server, a pooler, a slow line. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Client } from "pg";
import { certificate, privateKey } from "./certificates.ts";

export interface Proxy {
  readonly port: number;
  /** Connections so far, cancel requests among them. */
  readonly connections: () => number;
  close(): void;
}

async function listen(onConnection: (socket: Socket) => void): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** An SSLRequest as the protocol has it (PostgreSQL docs, 55.7). */
export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export interface Address {
  /** Or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

export function connectTo({ host, port }: Address): Socket {
  return host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
}

/**
 * Passes bytes on to the server behind. With TLS it speaks that to clients and turns away who asks for none; without,
 * it answers as a server that has none.
 */
export function forward(server: Address, tls: boolean): Promise<Proxy> {
  return listen((socket) => {
    socket.once("data", (first) => {
      const asked = first.equals(SSL_REQUEST);
      if (tls && !asked) {
        socket.destroy();
        return;
      }
      if (asked) socket.write(tls ? "S" : "N");
      const front = tls
        ? new TLSSocket(socket, { isServer: true, cert: certificate, key: privateKey })
        : socket;
      const behind = connectTo(server);
      for (const one of [front, behind]) one.on("error", () => socket.destroy());
      if (!asked) behind.write(first);
      front.pipe(behind).pipe(front);
      front.on("close", () => behind.destroy());
    });
  });
}

/** A server that asks everyone for a password, and does nothing more. */
export function asksForPassword(): Promise<Proxy> {
  return listen((socket) => {
    // AuthenticationCleartextPassword (PostgreSQL docs, 55.7).
    socket.once("data", () => socket.write(message("R", Buffer.from([0, 0, 0, 3]))));
  });
}

const message = (code: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(code);
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};

/**
 * A pooler that lets clients in without asking, gives them a made-up process id, and hands their statements to a server
 * session: one for each client, or, `shared`, one for all that is given away whenever no transaction is open.
 */
export async function pooler(url: string, shared: boolean): Promise<Proxy> {
  const sessions: Client[] = [];
  const open = async (): Promise<Socket> => {
    const client = new Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    sessions.push(client);
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners("data");
    return stream;
  };
  const common = shared ? open() : undefined;
  /** Whose turn the shared session is. */
  let turn: Promise<void> = Promise.resolve();
  const proxy = await listen((socket) => {
    const statements: Buffer[] = [];
    let wake: (() => void) | undefined;
    let buffered = Buffer.alloc(0);
    let started = false;
    socket.on("data", (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (;;) {
        const head = started ? 1 : 0;
        if (buffered.length < head + 4) return;
        const length = head + buffered.readUInt32BE(head);
        if (buffered.length < length) return;
        const one = buffered.subarray(0, length);
        buffered = buffered.subarray(length);
        if (!started && one.equals(SSL_REQUEST)) socket.write("N");
        else if (!started) {
          started = true;
          socket.write(
            Buffer.concat([
              message("R", Buffer.alloc(4)),
              message("K", Buffer.from([0, 0, 48, 57, 1, 2, 3, 4])),
              message("Z", Buffer.from("I")),
            ]),
          );
        } else if (one[0] === 0x58) socket.end();
        else {
          statements.push(one);
          wake?.();
        }
      }
    });
    void serve();

    async function serve(): Promise<void> {
      const own = common === undefined ? await open() : undefined;
      while (!socket.destroyed) {
        if (statements.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        if (own !== undefined) await exchange(own);
        else {
          const before = turn;
          let release: () => void = () => undefined;
          turn = new Promise((resolve) => (release = resolve));
          await before;
          // Until the transaction is over, the session is this client's.
          while ((await exchange(await common!)) !== "I" && !socket.destroyed) {
            if (statements.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          }
          release();
        }
      }
    }

    /** One statement and its answer; the transaction's state after it. */
    async function exchange(stream: Socket): Promise<string> {
      const statement = statements.shift();
      if (statement === undefined) return "I";
      stream.write(statement);
      let answer = Buffer.alloc(0);
      for (;;) {
        const [chunk] = (await once(stream, "data")) as [Buffer];
        socket.write(chunk);
        answer = Buffer.concat([answer.subarray(-6), chunk]);
        // ReadyForQuery is the last message, six bytes long.
        if (answer.at(-6) === 0x5a && answer.at(-2) === 5)
          return String.fromCharCode(answer.at(-1)!);
      }
    }
  });
  return {
    ...proxy,
    close() {
      proxy.close();
      for (const session of sessions) void session.end();
    },
  };
}
