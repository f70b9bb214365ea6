/**
 * Reads JSON of a known shape while it is decompressed, and stops at the first byte that no valid text has: a value of
 * another type, an unknown, repeated or missing field, a list or string that is too long, one value too many. So a text
 * that would become gigabytes of objects costs what was read of it. Values are handed on in batches: fields of the
 * outermost object, and the items of its lists. Syntax within a batch is left to JSON.parse.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { JSON_TYPES, type Field, type Shape } from "./shape.ts";
import { PendingText } from "./pending-text.ts";
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  begins,
  INCOMPLETE,
  escapeEnd,
  isBlank,
  isWord,
  manifestDamaged,
  typeOfWord,
} from "./tokens.ts";

export interface ScannerOptions {
  /** The most values of all types, in the whole text. */
  readonly maxValues: number;
  /** Takes a field's value as the only item, or some of the items of a field that is a list. */
  readonly onValues: (field: Field, values: readonly unknown[]) => void;
}

/** Items of a list are parsed together once they have this many bytes: V8 keeps larger strings apart, which took longer. */
const BATCH_BYTES = 8 * 1024;
/** No number or field name of ours is nearly as long. */
const MAX_TOKEN_BYTES = 64;
/** A code unit is at most `\uXXXX`. */
const MAX_BYTES_PER_UNIT = 6;

const [VALUE, FIRST_ITEM, FIRST_FIELD, FIELD, AFTER_FIELD, NEXT, STRING, DONE] = [
  0, 1, 2, 3, 4, 5, 6, 7,
];

/** An object or list that is not closed yet. */
interface Frame {
  shape: Shape;
  isList: boolean;
  /** Items so far. */
  items: number;
  /** Index of the latest field. */
  field: number;
  /** Bits of the fields so far. */
  seen: number;
}

export class JsonScanner {
  readonly #shape: Shape;
  readonly #options: ScannerOptions;
  readonly #text = new PendingText();
  /** Those below `#depth` are in use. */
  readonly #frames: Frame[] = [];
  #depth = 0;
  #state = VALUE;
  #values = 0;
  #stringBytes = 0;
  #data: Buffer = Buffer.alloc(0);
  /** The beginning of a token that the last chunk cut. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(shape: Shape, options: ScannerOptions) {
    this.#shape = shape;
    this.#options = options;
  }

  /** @throws ArchiveError naming "manifest", only when no valid text begins like this. */
  write(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#data = data;
    let at = 0;
    while (at < data.length) {
      const next = this.#token(data, at);
      if (next === INCOMPLETE) break;
      at = next;
    }
    this.#text.append(data, at);
    this.#rest = data.subarray(at);
  }

  /** @throws ArchiveError naming "manifest", only when the text is not complete. */
  end(): void {
    if (this.#state !== DONE || this.#rest.length > 0) this.#fail("it ends too early");
  }

  /** @returns where the next token begins. */
  #token(data: Buffer, at: number): number {
    if (this.#state === STRING) return this.#string(data, at);
    const byte = data[at]!;
    if (isBlank(byte)) return at + 1;
    switch (this.#state) {
      case FIRST_ITEM:
        if (byte === CLOSE_LIST) return this.#close(at);
        return this.#value(data, at, byte);
      case VALUE:
        return this.#value(data, at, byte);
      case FIRST_FIELD:
        if (byte === CLOSE_OBJECT) return this.#close(at);
        return this.#field(data, at);
      case FIELD:
        return this.#field(data, at);
      case AFTER_FIELD:
        if (byte !== COLON) this.#fail("it is not JSON");
        this.#state = VALUE;
        return at + 1;
      case NEXT:
        return this.#next(at, byte);
      default:
        return this.#fail("something follows it");
    }
  }

  #next(at: number, byte: number): number {
    const { isList } = this.#frames[this.#depth - 1]!;
    if (byte === (isList ? CLOSE_LIST : CLOSE_OBJECT)) return this.#close(at);
    if (byte !== COMMA) this.#fail("it is not JSON");
    this.#state = isList ? VALUE : FIELD;
    return at + 1;
  }

  #field(data: Buffer, at: number): number {
    if (data[at] !== QUOTE) this.#fail("it is not JSON");
    const frame = this.#frames[this.#depth - 1]!;
    const fields = frame.shape.fields!;
    let index = (frame.field + 1) % fields.length;
    if (!begins(data, at + 1, fields[index]!.bytes)) {
      const end = data.indexOf(QUOTE, at + 1);
      if (end === INCOMPLETE && data.length - at <= MAX_TOKEN_BYTES) return INCOMPLETE;
      // Names of ours have no escape, so one with an escape is none of them.
      index = fields.findIndex(({ bytes }) => begins(data, at + 1, bytes));
      if (index < 0) {
        frame.field = -1;
        const name = data.toString("utf8", at + 1, Math.min(end, at + MAX_TOKEN_BYTES));
        this.#fail(`it has an unknown field ${JSON.stringify(name)}`);
      }
    }
    const bit = 1 << index;
    frame.field = index;
    if ((frame.seen & bit) !== 0) this.#fail("it occurs twice");
    frame.seen |= bit;
    this.#state = AFTER_FIELD;
    return at + fields[index]!.bytes.length + 2;
  }

  #value(data: Buffer, at: number, byte: number): number {
    switch (byte) {
      case OPEN_OBJECT:
        this.#begin(at, JSON_TYPES.object);
        return this.#open(at, false);
      case OPEN_LIST:
        this.#begin(at, JSON_TYPES.list);
        return this.#open(at, true);
      case QUOTE:
        this.#begin(at, JSON_TYPES.string);
        this.#stringBytes = 0;
        this.#state = STRING;
        return at + 1;
      default:
        return this.#word(data, at, byte);
    }
  }

  /** A number, true, false or null. */
  #word(data: Buffer, at: number, byte: number): number {
    let end = at;
    while (end < data.length && isWord(data[end]!)) end++;
    if (end - at > MAX_TOKEN_BYTES || end === at) this.#fail("it is not JSON");
    if (end === data.length) return INCOMPLETE;
    this.#begin(at, typeOfWord(byte));
    this.#ended(end);
    return end;
  }

  /** Checks a value's type and counts it. */
  #begin(at: number, type: number): void {
    const shape = this.#expected();
    if ((shape.types & type) === 0) this.#fail("it has another type");
    if (++this.#values > this.#options.maxValues) this.#fail("it has too many values for its size");
    const frame = this.#frames[this.#depth - 1];
    if (frame?.isList === true && ++frame.items > frame.shape.maxItems) {
      this.#fail(`it has more than ${frame.shape.maxItems} items`);
    }
    const isBatchItem =
      (this.#depth === 1 && type !== JSON_TYPES.list) || (this.#depth === 2 && frame!.isList);
    if (isBatchItem) this.#text.begin(at);
  }

  #expected(): Shape {
    const frame = this.#frames[this.#depth - 1];
    if (frame === undefined) return this.#shape;
    return frame.isList ? frame.shape.element! : frame.shape.fields![frame.field]!.shape;
  }

  #open(at: number, isList: boolean): number {
    const shape = this.#expected();
    const frame = this.#frames[this.#depth];
    if (frame === undefined) {
      this.#frames.push({ shape, isList, items: 0, field: -1, seen: 0 });
    } else {
      frame.shape = shape;
      frame.isList = isList;
      frame.items = 0;
      frame.field = -1;
      frame.seen = 0;
    }
    this.#depth++;
    this.#state = isList ? FIRST_ITEM : FIRST_FIELD;
    return at + 1;
  }

  #close(at: number): number {
    const { shape, isList, seen } = this.#frames[this.#depth - 1]!;
    const { fields } = shape;
    if (fields !== undefined && !isList && seen !== 2 ** fields.length - 1) {
      const missing = fields.find((each, i) => (seen & (1 << i)) === 0 && !each.isOptional);
      if (missing !== undefined) this.#fail(`${missing.name} is missing`);
    }
    this.#depth--;
    if (isList && this.#depth === 1) {
      this.#flush(at);
      this.#state = NEXT;
    } else this.#ended(at + 1);
    return at + 1;
  }

  /** A value ended. */
  #ended(end: number): void {
    this.#state = this.#depth === 0 ? DONE : NEXT;
    const isField = this.#depth === 1;
    const isItem = this.#depth === 2 && this.#frames[1]!.isList;
    if (isField || (isItem && this.#text.size(end) >= BATCH_BYTES)) this.#flush(end);
  }

  /** The rest of a string, or of what is here of it. */
  #string(data: Buffer, at: number): number {
    let end = at;
    while (end < data.length) {
      const byte = data[end]!;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        const next = escapeEnd(data, end, (problem) => this.#fail(problem));
        if (next === INCOMPLETE) break;
        end = next;
      } else end++;
    }
    this.#stringBytes += end - at;
    if (this.#stringBytes > this.#expected().maxLength * MAX_BYTES_PER_UNIT) {
      this.#fail("it is too long");
    }
    if (data[end] === QUOTE) {
      this.#ended(end + 1);
      return end + 1;
    }
    return end === at ? INCOMPLETE : end;
  }

  #flush(end: number): void {
    const bytes = this.#text.take(this.#data, end);
    const { shape, field } = this.#frames[0]!;
    let values: readonly unknown[];
    if (!isUtf8(bytes)) this.#fail("it is not UTF-8");
    try {
      // Decoding UTF-8 takes ten times as long, and is rarely needed.
      const text = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
      values = JSON.parse(`[${text}]`) as unknown[];
    } catch (error) {
      this.#fail("it is not JSON", error);
    }
    this.#options.onValues(shape.fields![field]!, values);
  }

  #fail(problem: string, cause?: unknown): never {
    const path = this.#frames
      .slice(0, this.#depth)
      .map(({ shape, isList, items, field }) =>
        isList ? String(Math.max(0, items - 1)) : (shape.fields![field]?.name ?? ""),
      )
      .filter((name) => name !== "")
      .join(".");
    throw manifestDamaged(path, problem, cause);
  }
}
