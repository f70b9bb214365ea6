/** The types whose text this tool can turn into their binary format. */
import { encodeCidr, encodeInet } from "./addresses.ts";
import type { FieldEncoder } from "./field.ts";
import { encodeFloat8, encodeInt2, encodeInt4, encodeInt8, encodeNumeric } from "./numbers.ts";
import { encodeBool, encodeBytea, encodeJsonb, encodeText, encodeUuid } from "./texts.ts";
import { encodeDate, encodeTime, encodeTimestamp, encodeTimestamptz } from "./times.ts";

/** By the type's name in pg_catalog. `name` and `char` are not here, because the text of too long ones is cut. */
const BY_NAME: Readonly<Record<string, FieldEncoder>> = {
  bool: encodeBool,
  bpchar: encodeText,
  bytea: encodeBytea,
  cidr: encodeCidr,
  date: encodeDate,
  float8: encodeFloat8,
  inet: encodeInet,
  int2: encodeInt2,
  int4: encodeInt4,
  int8: encodeInt8,
  json: encodeText,
  jsonb: encodeJsonb,
  numeric: encodeNumeric,
  text: encodeText,
  time: encodeTime,
  timestamp: encodeTimestamp,
  timestamptz: encodeTimestamptz,
  uuid: encodeUuid,
  varchar: encodeText,
};

/** A column's type, of a domain what it is based on. */
export interface ValueType {
  /** Of a type of pg_catalog; null for all others. */
  readonly name: string | null;
  readonly isEnum: boolean;
}

/** @returns undefined for a type that only the server can read. */
export function fieldEncoder({ name, isEnum }: ValueType): FieldEncoder | undefined {
  if (isEnum) return encodeText;
  return name !== null && Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
}
