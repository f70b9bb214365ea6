/** The encoding of a plain dump, which it sets itself (`client_encoding`), and its statements as text. Pure. */
import { isAscii, isUtf8 } from "node:buffer";
import { ArchiveError } from "../../errors.ts";

/** Of a database of SQL_ASCII: any bytes. */
export const ANY_BYTES = "SQLASCII";
export const UTF8 = "UTF8";

/** Encodings that Node decodes, by PostgreSQL's names without anything but letters and digits. */
const DECODERS: Readonly<Record<string, string>> = {
  EUCJP: "euc-jp",
  EUCKR: "euc-kr",
  ISO88595: "iso-8859-5",
  ISO88596: "iso-8859-6",
  ISO88597: "iso-8859-7",
  ISO88598: "iso-8859-8",
  KOI8: "koi8-r",
  KOI8R: "koi8-r",
  KOI8U: "koi8-u",
  LATIN2: "iso-8859-2",
  LATIN3: "iso-8859-3",
  LATIN4: "iso-8859-4",
  LATIN5: "iso-8859-9",
  LATIN6: "iso-8859-10",
  LATIN7: "iso-8859-13",
  LATIN8: "iso-8859-14",
  LATIN9: "iso-8859-15",
  LATIN10: "iso-8859-16",
  WIN866: "ibm866",
  WIN874: "windows-874",
  WIN1250: "windows-1250",
  WIN1251: "windows-1251",
  WIN1252: "windows-1252",
  WIN1253: "windows-1253",
  WIN1254: "windows-1254",
  WIN1255: "windows-1255",
  WIN1256: "windows-1256",
  WIN1257: "windows-1257",
  WIN1258: "windows-1258",
};

/** The name as we compare it: `LATIN1`, `UTF8`, `EUCJP`. */
export function encodingName(value: string): string {
  const name = value.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  return { UNICODE: UTF8, ISO88591: "LATIN1" }[name] ?? name;
}

/** Whether statements of that encoding can be read. */
export function canRead(encoding: string): boolean {
  return [UTF8, ANY_BYTES, "LATIN1"].includes(encoding) || Object.hasOwn(DECODERS, encoding);
}

/** @throws ArchiveError only when the bytes are not of that encoding. */
export function decodeStatement(bytes: Buffer, encoding: string, line: number): string {
  if (encoding === "LATIN1" || isAscii(bytes)) return bytes.toString("latin1");
  if (encoding === UTF8 || encoding === ANY_BYTES) {
    if (isUtf8(bytes)) return bytes.toString("utf8");
  } else {
    try {
      return new TextDecoder(DECODERS[encoding], { fatal: true }).decode(bytes);
    } catch {
      // Said below.
    }
  }
  const name = encoding === ANY_BYTES ? UTF8 : encoding;
  throw new ArchiveError(`the statement in line ${line} is not text of the encoding ${name}`, {
    hint: "the dump is damaged, or comes from a database that takes any bytes (SQL_ASCII): use psql",
  });
}
