/** What a hostile or broken server can do, in many ways. Each act is given a client's socket at some moment. */
import type { Socket } from "node:net";
import { frame } from "./hostile-server.ts";

export interface Act {
  readonly name: string;
  readonly run: (socket: Socket) => void;
}

const int16 = (n: number): Buffer => Buffer.from([(n >> 8) & 0xff, n & 0xff]);
const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n >>> 0);
  return bytes;
};
const zeroed = (...texts: string[]): Buffer => Buffer.from(texts.map((t) => `${t}\0`).join(""));
const join = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));
/** A header whose length need not fit. */
const header = (code: string, length: number): Buffer => join(code, int32(length));

const fields = (...texts: string[]): Buffer => join(zeroed(...texts), "\0");
const ERROR = frame("E", fields("SERROR", "VERROR", "C42P01", "Mno"));
const NOTICE = frame("N", fields("SNOTICE", "VNOTICE", "C00000", `M${"x".repeat(100)}`));
const READY = frame("Z", "I");
const READY_IN_TRANSACTION = frame("Z", "T");
const column = (name: string): Buffer => join(zeroed(name), Buffer.alloc(18));
const description = (...names: string[]): Buffer =>
  frame("T", join(int16(names.length), ...names.map(column)));
const row = (...values: string[]): Buffer =>
  frame("D", join(int16(values.length), ...values.map((v) => join(int32(v.length), v))));
const complete = (tag: string): Buffer => frame("C", zeroed(tag));
const copyOut = frame("H", join("\0", int16(1), int16(0)));
const copyIn = frame("G", join("\0", int16(1), int16(0)));

const send = (name: string, ...messages: Buffer[]): Act => ({
  name,
  run: (socket) => void socket.write(Buffer.concat(messages)),
});

const sendAndClose = (name: string, ...messages: Buffer[]): Act => ({
  name,
  run: (socket) => void socket.end(Buffer.concat(messages)),
});

/** Sends the same bytes for as long as the client takes them. */
function flood(name: string, bytes: Buffer, before: Buffer = Buffer.alloc(0)): Act {
  const block = Buffer.concat(
    Array.from({ length: Math.ceil(65_536 / bytes.length) }, () => bytes),
  );
  return {
    name,
    run(socket) {
      socket.write(before);
      const more = (): void => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on("drain", more);
      more();
    },
  };
}

/** Sends a byte a second. */
function drip(name: string, bytes: Buffer): Act {
  return {
    name,
    run(socket) {
      let at = 0;
      const timer = setInterval(() => {
        socket.write(bytes.subarray(at % bytes.length, (at++ % bytes.length) + 1));
      }, 1000);
      socket.on("close", () => clearInterval(timer));
    },
  };
}

function garbage(length: number): Buffer {
  // The same in every run, and no valid message.
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7919 + 13) & 0xff));
}

/** Acts after which a client can only wait: the server may be busy for all that it can know. */
export const SILENT: readonly Act[] = [
  { name: "silence", run: () => undefined },
  drip("a notice, a byte a second", NOTICE),
  drip("nothing but settings, a byte a second", frame("S", zeroed("a", "b"))),
  send("one notice, then silence", NOTICE),
  send("half a header, then silence", header("T", 100).subarray(0, 3)),
  send("half a message, then silence", header("T", 100)),
  send("a notification, then silence", frame("A", join(int32(1), zeroed("channel", "payload")))),
  send("an empty answer without an end", frame("I")),
  send("a row description, then silence", description("a")),
  send("a tag, then silence", complete("SELECT 1")),
  send("an error in a transaction, then silence", ERROR),
  send("a COPY out that brings nothing", copyOut),
  send("a COPY in that takes nothing", copyIn),
];

export const FLOODS: readonly Act[] = [
  flood("a flood of notices", NOTICE),
  flood("a flood of settings", frame("S", zeroed("name", "value"))),
  flood("a flood of new settings' values", frame("S", zeroed("name", "v".repeat(20_000)))),
  flood("a flood of rows", row("x".repeat(100)), description("a")),
  flood("a flood of empty rows", row(), description()),
  flood("a flood of rows nobody described", row("x")),
  flood("a flood of row descriptions", description("a")),
  flood("a flood of notifications", frame("A", join(int32(1), zeroed("channel", "x".repeat(999))))),
  flood("a flood of tags", complete("SELECT 1")),
  flood("a flood of errors", ERROR),
  flood("a flood of ready", READY),
  flood("a flood of empty answers", frame("I")),
  flood("a flood of COPY rows", frame("d", "1\n"), copyOut),
  flood("a flood of COPY rows outside COPY", frame("d", "1\n")),
  flood("a flood of wide rows", widest(), description(...Array.from({ length: 1600 }, () => "c"))),
  flood("a flood of zeros", Buffer.alloc(1000)),
  flood("a flood of garbage", garbage(1000)),
];

/** A row of as many NULLs as there can be columns. */
function widest(): Buffer {
  return frame("D", join(int16(1600), Buffer.alloc(4 * 1600, 0xff)));
}

export const WRONG: readonly Act[] = [
  { name: "a closed connection", run: (socket) => void socket.end() },
  { name: "a reset connection", run: (socket) => void socket.resetAndDestroy() },
  sendAndClose("half a message, then closed", header("T", 100)),
  sendAndClose("half a header, then closed", Buffer.from("T")),
  sendAndClose("an error, then closed", ERROR),
  send("garbage", garbage(5000)),
  send("text of another protocol", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")),
  send("a length of 0", header("T", 0), READY),
  send("a length of 3", header("D", 3), READY),
  send("a negative length", header("Z", -1)),
  send("a huge length", header("D", 0x7fffffff), garbage(100)),
  send("the longest length there can be", header("d", 0xffffffff)),
  send("a short message that is long", header("Z", 30_001)),
  send("an unknown message", frame("q", "x")),
  send("a message of the client", frame("Q", zeroed("SELECT 1"))),
  send("an unknown authentication", frame("R", int32(99))),
  send("GSSAPI", frame("R", int32(7))),
  send("the end of a login", frame("R", int32(0)), READY),
  send("SASL of unknown mechanisms", frame("R", join(int32(10), zeroed("PLAIN", "")))),
  send("SASL without mechanisms", frame("R", join(int32(10), "\0"))),
  send(
    "a SCRAM challenge that makes no sense",
    frame("R", join(int32(10), zeroed("SCRAM-SHA-256", ""))),
    frame("R", join(int32(11), "r=,s=,i=")),
  ),
  send(
    "a SCRAM challenge of endless work",
    frame("R", join(int32(10), zeroed("SCRAM-SHA-256", ""))),
    frame("R", join(int32(11), "r=aaaaaaaaaaaaaaaaaaaaaaaaaa,s=QUJD,i=2147483647")),
  ),
  send("a SASL step that nobody asked for", frame("R", join(int32(11), "r=a,s=QUJD,i=4096"))),
  send("the end of a SASL login", frame("R", join(int32(12), "v=AAAA"))),
  send("an MD5 request without salt", frame("R", int32(5))),
  send("key data that is too short", frame("K", int32(1)), READY),
  send("key data that is long", frame("K", Buffer.alloc(300, 0xff)), READY),
  send("key data without sense", frame("K", Buffer.alloc(8, 0xff)), READY),
  send("ready in an unknown state", frame("Z", "Q")),
  send("ready without a state", frame("Z")),
  send("ready twice", READY, READY),
  send("ready for nothing", READY_IN_TRANSACTION),
  send("a setting without a value", frame("S", zeroed("name"))),
  send("the encoding changed", frame("S", zeroed("client_encoding", "SQL_ASCII")), READY),
  send("an error of zero bytes", frame("E", "\0\0\0\0"), READY),
  send("an error without fields", frame("E", "\0"), READY),
  send("an error whose fields do not end", frame("E", "SERROR"), READY),
  send(
    "an error in no encoding",
    frame("E", join(zeroed("SERROR", "CXX000"), "M", Buffer.from([0xff, 0xfe, 0x80]), "\0\0")),
    READY,
  ),
  send("an error with escape sequences", frame("E", fields("SERROR", "C\u001b[2J", "M\u001b[2Jx"))),
  send("an error with many fields", frame("E", join("Mx\0".repeat(200_000), "\0")), READY),
  send(
    "an error of many megabytes",
    frame("E", fields("SERROR", "CXX000", `M${"x".repeat(5e6)}`)),
    READY,
  ),
  send("an error of an unknown severity", frame("E", fields("SWHAT", "C", "M")), READY),
  send("a fatal error", frame("E", fields("SFATAL", "C57P01", "Mend"))),
  send("rows with too few columns", description("a", "b"), row("x"), complete("SELECT 1"), READY),
  send("rows with too many columns", description("a"), row("x", "y"), complete("SELECT 1"), READY),
  send("rows without a description", row("x"), complete("SELECT 1"), READY),
  send("a row that claims many columns", description("a"), frame("D", int16(0x7fff)), READY),
  send("a row of a negative count", description("a"), frame("D", int16(-1)), READY),
  send(
    "a row whose value is too long",
    description("a"),
    frame("D", join(int16(1), int32(99))),
    READY,
  ),
  send(
    "a row whose value is negative",
    description("a"),
    frame("D", join(int16(1), int32(-5))),
    READY,
  ),
  send("a description of too many columns", frame("T", int16(0x7fff)), READY),
  send("a description of a negative count", frame("T", int16(-1)), READY),
  send(
    "a column of an unknown format",
    frame("T", join(int16(1), zeroed("a"), Buffer.alloc(16), int16(9))),
    row("x"),
    READY,
  ),
  send(
    "a column of bytes",
    frame("T", join(int16(1), zeroed("a"), Buffer.alloc(16), int16(1))),
    row("x"),
    complete("SELECT 1"),
    READY,
  ),
  send(
    "columns named like methods",
    description("__proto__", "constructor"),
    row("x", "y"),
    complete("SELECT 1"),
    READY,
  ),
  send("no rows where there must be some", description("a"), complete("SELECT 0"), READY),
  send("a tag in place of rows", complete("SET"), READY),
  send("a tag without an end", frame("C", "SELECT 1"), READY),
  send("an empty tag", complete(""), READY),
  send("a tag of an absurd count", complete("COPY 99999999999999999999"), READY),
  send("two answers for one", complete("SET"), complete("SET"), READY, complete("SET"), READY),
  send("an empty query", frame("I"), READY),
  send("a suspended portal", frame("s"), READY),
  send("the answer to Parse", frame("1"), frame("2"), frame("n"), READY),
  send("COPY data outside COPY", frame("d", "1\n"), READY),
  send("the end of a COPY outside COPY", frame("c"), READY),
  send(
    "a COPY out that nobody asked for",
    copyOut,
    frame("d", "1\n"),
    frame("c"),
    complete("COPY 1"),
    READY,
  ),
  send("a COPY in that nobody asked for", copyIn, READY),
  send("a COPY out without an end", copyOut, frame("d", "1\n"), READY),
  send("a COPY both", frame("W", join("\0", int16(0)))),
  send("a COPY of a negative count", frame("H", join("\0", int16(-1))), READY),
  send("a COPY that is cut off", frame("H", "\0"), READY),
  send(
    "fewer rows than the tag says",
    copyOut,
    frame("d", "1\n"),
    frame("c"),
    complete("COPY 2"),
    READY,
  ),
  send("an answer to a function call", frame("V", int32(0)), READY),
  send("a protocol version", frame("v", join(int32(196608), int32(0)))),
];
