/**
 * The frames of the server's messages: a code, a length, and a body (PostgreSQL docs, 55.7). The driver trusts them: a
 * wrong length makes its parser throw or wait, and an unterminated field makes it loop. So each frame is checked before
 * the driver sees it. Pure: knows nothing of sockets, and every split of the input gives the same result.
 */
import { ConnectionError } from "../errors.ts";
import { MAX_RESULT_BYTES, MAX_SERVER_MESSAGE_BYTES } from "../limits.ts";

/** Code and length. */
export const HEADER_BYTES = 5;

export const COPY_DATA = 0x64;
const DATA_ROW = 0x44;
const ROW_DESCRIPTION = 0x54;
const READY_FOR_QUERY = 0x5a;
const PORTAL_SUSPENDED = 0x73;

/** Messages that may be long; all others are at most 30 000 bytes (`VALID_LONG_MESSAGE_TYPE` in fe-protocol3.c). */
const LONG = codes("TDdVENA");
const KNOWN = codes("123nscWIDCZARSKENTtGHdV");
/** Bodies that the driver reads field by field up to an end that need not be there. */
const CHECKED = codes("CSAENTRZ");
const MAX_SHORT_BYTES = 30_000;
/** The length of messages that have just one (PostgreSQL docs, 55.7), itself included; 0 for others. */
const LENGTHS = new Uint8Array(256);
for (const letter of "123nsIc") LENGTHS[letter.charCodeAt(0)] = 4;
for (const [letter, length] of Object.entries({ Z: 5, K: 12 }))
  LENGTHS[letter.charCodeAt(0)] = length;
/** Rows up to this size are checked field by field; longer ones would have to be copied for it. */
const MAX_CHECKED_ROW_BYTES = 256 * 1024;
/** The most columns that a result can have (MaxTupleAttributeNumber, src/include/access/htup_details.h). */
const MAX_COLUMNS = 1664;
/** Idle, in a transaction, in a failed one. */
const TRANSACTION_STATES = codes("ITE");
/** What a row or a notice costs beyond its bytes. */
const OBJECT_BYTES = 128;

/** A table and not a set: it is asked for every row. */
function codes(letters: string): { has(code: number): boolean } {
  const isCode = new Uint8Array(256);
  for (const code of Buffer.from(letters)) isCode[code] = 1;
  return { has: (code) => isCode[code] === 1 };
}

/** The server sent what PostgreSQL never sends: damaged on the way, or no PostgreSQL server at all. */
export function protocolError(what: string): ConnectionError {
  return new ConnectionError(`the server broke the protocol: ${what}`, {
    hint: "check host and port; if they are right, the connection damages data on its way: use TLS",
  });
}

/**
 * Checks a frame's header.
 * @param length as it stands in the frame: without the code, with itself.
 * @throws ConnectionError only when no server sends such a frame.
 */
export function checkHeader(code: number, length: number): void {
  if (!KNOWN.has(code)) throw protocolError(`it sent a message of the unknown type ${code}`);
  const most = LONG.has(code) ? MAX_SERVER_MESSAGE_BYTES : MAX_SHORT_BYTES;
  const exactly = LENGTHS[code]!;
  if (length < 4 || length > most || (exactly > 0 && length !== exactly))
    throw protocolError(`it sent a message of type ${code} that is ${length} bytes long`);
}

/**
 * Checks a connection's bytes as they come and passes them on. Rows of COPY and very long rows pass as they are; other
 * frames are held back until they are complete.
 */
export class FrameChecker {
  /** May keep the bytes. */
  readonly #receive: (bytes: Buffer) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Bytes to come of the frame that began in an earlier chunk. */
  #missing = 0;
  /** That frame, unless it passes. */
  #held: Buffer | undefined;
  #heldBytes = 0;
  /** Since the connection was last ready, or a cursor gave its rows. */
  #resultBytes = 0;
  /** Of the rows to come, by the last description of them. */
  #columns = 0;

  constructor(receive: (bytes: Buffer) => void) {
    this.#receive = receive;
  }

  /** @throws ConnectionError only when a frame is not PostgreSQL's, after everything before it was passed on. */
  push(chunk: Buffer): void {
    let at = this.#finishHeader(chunk);
    at = this.#finishBody(chunk, at);
    let passedOn = at;
    const passUpTo = (end: number): void => {
      if (end > passedOn) this.#receive(chunk.subarray(passedOn, end));
      passedOn = end;
    };
    try {
      while (chunk.length - at >= HEADER_BYTES) {
        const code = chunk[at]!;
        const length = chunk.readUInt32BE(at + 1);
        this.#count(code, length);
        const end = at + 1 + length;
        if (end > chunk.length) break;
        if (!passes(code, length)) this.#checkBody(chunk, at, end);
        at = end;
      }
    } catch (error) {
      passUpTo(at);
      throw error;
    }
    this.#beginRest(chunk, at, passUpTo);
  }

  /** Passes on what was held back of a frame that has not ended. Nothing may be pushed afterwards. */
  release(): void {
    const begun = this.#held?.subarray(0, this.#heldBytes);
    const bytes = begun ?? this.#header.subarray(0, this.#headerBytes);
    if (bytes.length > 0) this.#receive(Buffer.from(bytes));
  }

  /** A frame that does not end in this chunk. */
  #beginRest(chunk: Buffer, at: number, passUpTo: (end: number) => void): void {
    const present = chunk.length - at;
    const length = present >= HEADER_BYTES ? chunk.readUInt32BE(at + 1) : 0;
    if (present >= HEADER_BYTES && passes(chunk[at]!, length)) {
      this.#missing = 1 + length - present;
      passUpTo(chunk.length);
      return;
    }
    passUpTo(at);
    if (present === 0) return;
    if (present >= HEADER_BYTES) this.#hold(chunk.subarray(at), length);
    else this.#headerBytes = chunk.copy(this.#header, 0, at);
  }

  /** @returns how many bytes of the chunk belong to a header that an earlier one began. */
  #finishHeader(chunk: Buffer): number {
    if (this.#headerBytes === 0) return 0;
    const taken = chunk.copy(this.#header, this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes < HEADER_BYTES) return taken;
    this.#headerBytes = 0;
    const code = this.#header[0]!;
    const length = this.#header.readUInt32BE(1);
    this.#count(code, length);
    if (passes(code, length)) {
      this.#receive(Buffer.from(this.#header));
      this.#missing = length - 4;
    } else {
      this.#hold(this.#header, length);
    }
    return taken;
  }

  /** @returns where the body that an earlier chunk began ends in this one. */
  #finishBody(chunk: Buffer, at: number): number {
    const end = at + Math.min(this.#missing, chunk.length - at);
    this.#missing -= end - at;
    if (this.#held === undefined) {
      if (end > at) this.#receive(chunk.subarray(at, end));
      return end;
    }
    this.#heldBytes += chunk.copy(this.#held, this.#heldBytes, at, end);
    if (this.#missing === 0) {
      const frame = this.#held;
      this.#held = undefined;
      this.#checkBody(frame, 0, frame.length);
      this.#receive(frame);
    }
    return end;
  }

  #hold(begun: Buffer, length: number): void {
    this.#held = Buffer.allocUnsafe(1 + length);
    this.#heldBytes = begun.copy(this.#held);
    this.#missing = this.#held.length - this.#heldBytes;
  }

  #count(code: number, length: number): void {
    checkHeader(code, length);
    if (code === READY_FOR_QUERY || code === PORTAL_SUSPENDED) this.#resultBytes = 0;
    else if (code !== COPY_DATA) this.#resultBytes += length + OBJECT_BYTES;
    if (this.#resultBytes > MAX_RESULT_BYTES)
      throw protocolError(`it answered one statement with more than ${MAX_RESULT_BYTES} bytes`);
  }

  /** @throws ConnectionError only when the frame's fields do not end within it, or do not fit the rows' description. */
  #checkBody(chunk: Buffer, start: number, end: number): void {
    const code = chunk[start]!;
    if (code === DATA_ROW) {
      checkRow(chunk, start, end, this.#columns);
      return;
    }
    if (!CHECKED.has(code)) return;
    const frame = chunk.subarray(start, end);
    if (code === ROW_DESCRIPTION) this.#columns = columnsOf(frame);
    if (bodyEnd(frame, String.fromCharCode(code)) === undefined)
      throw protocolError(`it sent a message of type ${code} with fields that do not end`);
  }
}

function columnsOf(frame: Buffer): number {
  const columns = frame.length < HEADER_BYTES + 2 ? -1 : frame.readInt16BE(HEADER_BYTES);
  if (columns >= 0 && columns <= MAX_COLUMNS) return columns;
  throw protocolError(`it described rows of ${columns} columns`);
}

/**
 * DataRow: a count, then a length and as many bytes for each column; no bytes after the length -1. Rows are many, so a
 * frame is checked where it lies in its chunk.
 */
function checkRow(chunk: Buffer, start: number, end: number, columns: number): void {
  let at = start + HEADER_BYTES + 2;
  if (end >= at && chunk.readInt16BE(start + HEADER_BYTES) === columns) {
    let left = columns;
    for (; left > 0 && at + 4 <= end; left--) {
      const length = chunk.readInt32BE(at);
      if (length < -1) break;
      at += length < 0 ? 4 : 4 + length;
    }
    if (left === 0 && at === end) return;
  }
  throw protocolError("it sent a row that does not fit its description");
}

/** Rows are many, and the driver reads them by lengths alone. */
function passes(code: number, length: number): boolean {
  return code === COPY_DATA || (code === DATA_ROW && length > MAX_CHECKED_ROW_BYTES);
}

/** Where the fields of a frame end; undefined when they do not end in it. */
function bodyEnd(frame: Buffer, type: string): number | undefined {
  const start = HEADER_BYTES;
  switch (type) {
    case "C":
      return afterString(frame, start);
    case "S":
      return afterStrings(frame, start, 2);
    case "A":
      return afterStrings(frame, start + 4, 2);
    case "Z":
      return TRANSACTION_STATES.has(frame[start]!) ? start + 1 : undefined;
    case "R":
      return authenticationEnd(frame, start);
    case "T":
      return descriptionEnd(frame, start);
    default:
      return fieldsEnd(frame, start);
  }
}

function afterString(frame: Buffer, at: number | undefined): number | undefined {
  const end = at === undefined ? -1 : frame.indexOf(0, at);
  return end < 0 ? undefined : end + 1;
}

function afterStrings(frame: Buffer, start: number, count: number): number | undefined {
  let at: number | undefined = start;
  for (let i = 0; i < count; i++) at = afterString(frame, at);
  return at;
}

/** ErrorResponse and NoticeResponse: a type byte and a string each, then a zero byte. */
function fieldsEnd(frame: Buffer, start: number): number | undefined {
  let at: number | undefined = start;
  while (at !== undefined && at < frame.length) {
    if (frame[at] === 0) return at + 1;
    at = afterString(frame, at + 1);
  }
  return undefined;
}

/** RowDescription: a count, then a name and 18 bytes each. */
function descriptionEnd(frame: Buffer, start: number): number | undefined {
  if (frame.length < start + 2) return undefined;
  let at: number | undefined = start + 2;
  for (let left = frame.readInt16BE(start); left > 0 && at !== undefined; left--) {
    const name = afterString(frame, at);
    at = name === undefined || name + 18 > frame.length ? undefined : name + 18;
  }
  return at;
}

const AUTHENTICATION_SASL = 10;

function authenticationEnd(frame: Buffer, start: number): number | undefined {
  if (frame.length < start + 4) return undefined;
  if (frame.readInt32BE(start) !== AUTHENTICATION_SASL) return frame.length;
  // A list of mechanisms that an empty one ends.
  let at: number | undefined = start + 4;
  while (at !== undefined && frame[at] !== 0) at = afterString(frame, at);
  return at;
}
