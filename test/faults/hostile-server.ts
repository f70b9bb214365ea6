/**
 * A server that behaves until a moment comes, by passing everything on to a real one, and from then on does what the
 * script of a mode says. What the real server sends after the moment never arrives.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Address, connectTo, SSL_REQUEST } from "../support/proxies.ts";

/** When the server turns hostile. Each is a message that it gets, but for `accept` and `rows`. */
export const MOMENTS = {
  accept: "the client has connected",
  tls: "it asks for TLS",
  login: "it gives its user and database",
  first: "it sends the first statement",
  begin: "it begins a transaction",
  catalog: "it reads the catalogs",
  copy: "it starts to copy rows out or in",
  rows: "some rows of a COPY have arrived",
  load: "it sends rows",
  rollback: "it ends the transaction",
  close: "it says goodbye",
} as const;

export type Moment = keyof typeof MOMENTS;

export interface Mode {
  readonly moment: Moment;
  /** Does something to the client. Runs once for each connection that meets the moment. */
  readonly act: (socket: Socket) => void;
}

export interface HostileServer {
  readonly port: number;
  /** How many connections met the moment. */
  readonly met: () => number;
  close(): Promise<void>;
}

/** A message of the server: code, length, body. */
export function frame(code: string, body: Buffer | string = ""): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.write(code, "latin1");
  header.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([header, bytes]);
}

/** The statements that mark a moment. */
const STATEMENTS: Partial<Record<Moment, RegExp>> = {
  first: /^SET search_path/,
  begin: /^BEGIN/,
  catalog: /pg_catalog\.pg_(class|attribute|namespace)\b/,
  copy: /^COPY/,
  rollback: /^(ROLLBACK|COMMIT)/,
};

/** Whether a message of the client is the moment. */
function isMoment(moment: Moment, message: Buffer): boolean {
  const code = String.fromCharCode(message[0]!);
  if (moment === "load") return code === "d";
  if (moment === "close") return code === "X";
  // Parse holds a name before its statement, which here is empty.
  const start = code === "Q" ? 5 : code === "P" ? message.indexOf(0, 5) + 1 : undefined;
  return start !== undefined && STATEMENTS[moment]?.test(message.toString("utf8", start)) === true;
}

export async function hostileServer(real: Address, mode: Mode): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let met = 0;
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const server: Server = createServer({ noDelay: true }, (client) => {
    track(client);
    const act = (): void => {
      met++;
      mode.act(client);
    };
    if (mode.moment === "accept") act();
    else serve(client, real, mode.moment, { act, track });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    met: () => met,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Hands {
  readonly act: () => void;
  readonly track: (socket: Socket) => void;
}

function serve(client: Socket, real: Address, moment: Moment, { act, track }: Hands): void {
  let upstream: Socket | undefined;
  let isHostile = false;
  let isStarted = false;
  let isCopying = false;
  let pending: Buffer = Buffer.alloc(0);
  const turn = (): void => {
    isHostile = true;
    upstream?.destroy();
    act();
  };
  client.on("close", () => upstream?.destroy());
  client.on("data", (chunk: Buffer) => {
    if (isHostile) return;
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const head = isStarted ? 1 : 0;
      if (pending.length < head + 4) return;
      const end = head + pending.readUInt32BE(head);
      if (pending.length < end) return;
      const message = pending.subarray(0, end);
      pending = pending.subarray(end);
      handle(message);
      if (isHostile) return;
    }
  });

  function handle(message: Buffer): void {
    if (!isStarted && message.equals(SSL_REQUEST)) {
      if (moment === "tls") turn();
      else client.write("N");
      return;
    }
    if (!isStarted) {
      isStarted = true;
      if (moment === "login") {
        turn();
        return;
      }
      upstream = connectTo(real);
      track(upstream);
      upstream.on("data", answer);
      upstream.on("close", () => void (isHostile || client.destroy()));
    } else if (isMoment(moment, message)) {
      turn();
      return;
    }
    if (message[0] === 0x51) isCopying = isMoment("copy", message);
    upstream!.write(message);
  }

  function answer(bytes: Buffer): void {
    if (isHostile) return;
    client.write(bytes);
    if (moment === "rows" && isCopying) turn();
  }
}
