/** Stands between a client and PostgreSQL, and lets a test act just before a statement reaches the server. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { parseConnectionString } from "../../src/sql/conninfo/parse.ts";

export interface StatementProxy {
  /** A connection string through the proxy. */
  readonly url: string;
  close(): void;
}

const SSL_REQUEST_LENGTH = 8;
/** Messages of the client that hold SQL: Query and Parse. */
const QUERY = 0x51;
const PARSE = 0x50;

/** Called with the text of each statement, which waits until it resolves; what it gives, if anything, is run in its place. */
export type BeforeStatement = (sql: string) => Promise<string | void> | string | void;

export async function statementProxy(
  url: string,
  before: BeforeStatement,
): Promise<StatementProxy> {
  const { host = "127.0.0.1", port = "5432" } = parseConnectionString(url);
  const sockets = new Set<Socket>();
  const server = createServer((front) => {
    const behind = host.startsWith("/")
      ? connect(`${host}/.s.PGSQL.${port}`)
      : connect(Number(port), host);
    for (const [one, other] of [
      [front, behind],
      [behind, front],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    behind.pipe(front);
    let sent: Promise<void> = Promise.resolve();
    const messages = new ClientMessages((message) => {
      sent = sent.then(async () => {
        const text = statementOf(message);
        const other = text === undefined ? undefined : await before(text);
        behind.write(other === undefined ? message : withStatement(message, other));
      });
    });
    front.on("data", (chunk) => messages.push(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const through = new URL(url.replace(/@[^/]*\//, "@127.0.0.1/"));
  through.port = String((server.address() as AddressInfo).port);
  through.searchParams.delete("host");
  through.searchParams.set("sslmode", "disable");
  return {
    url: through.href,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Cuts what a client sends into messages. The first has no code. */
class ClientMessages {
  readonly #onMessage: (message: Buffer) => void;
  #buffered = Buffer.alloc(0);
  #isStarted = false;

  constructor(onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    for (;;) {
      const code = this.#isStarted ? 1 : 0;
      if (this.#buffered.length < code + 4) return;
      const length = code + this.#buffered.readUInt32BE(code);
      if (this.#buffered.length < length) return;
      if (length !== SSL_REQUEST_LENGTH) this.#isStarted = true;
      this.#onMessage(this.#buffered.subarray(0, length));
      this.#buffered = this.#buffered.subarray(length);
    }
  }
}

function statementOf(message: Buffer): string | undefined {
  if (message[0] === QUERY) return message.toString("utf8", 5, message.length - 1);
  if (message[0] !== PARSE) return undefined;
  const text = message.indexOf(0, 5) + 1;
  return message.toString("utf8", text, message.indexOf(0, text));
}

/** The message with another text. */
function withStatement(message: Buffer, sql: string): Buffer {
  const isQuery = message[0] === QUERY;
  const from = isQuery ? 5 : message.indexOf(0, 5) + 1;
  const body = Buffer.concat([
    message.subarray(5, from),
    Buffer.from(sql),
    message.subarray(message.indexOf(0, from)),
  ]);
  const head = Buffer.from([message[0]!, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
