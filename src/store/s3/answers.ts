/** Reads what a store answers about objects and uploads. Pure. */
import { StoreError } from "../../errors.ts";
import { headerOf, type S3Answer } from "./client.ts";
import { parseXml, textOf, type XmlElement } from "./xml.ts";

/** What a store says of an object. */
export interface ObjectFacts {
  readonly bytes: number;
  readonly etag: string | null;
  readonly modified: Date;
  /** Until when nobody may remove it; null when it is not locked, or the store does not say. */
  readonly lockedUntil: Date | null;
}

export interface ListedObject extends Pick<ObjectFacts, "bytes" | "modified"> {
  readonly key: string;
}

/** An upload that was begun and neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: Date;
}

export function factsOf(answer: S3Answer): ObjectFacts {
  const locked = headerOf(answer, "x-amz-object-lock-retain-until-date");
  return {
    bytes: Number(headerOf(answer, "content-length") ?? Number.NaN),
    etag: headerOf(answer, "etag"),
    modified: new Date(headerOf(answer, "last-modified") ?? 0),
    lockedUntil: locked === null ? null : new Date(locked),
  };
}

export function listedObject(item: XmlElement): ListedObject {
  const [key, size] = [textOf(item, "Key"), Number(textOf(item, "Size"))];
  if (key === null || !Number.isSafeInteger(size)) throw strange();
  return { key: decodeKey(key), bytes: size, modified: dateOf(textOf(item, "LastModified")) };
}

export function unfinishedUpload(item: XmlElement): UnfinishedUpload {
  const [key, uploadId] = [textOf(item, "Key"), textOf(item, "UploadId")];
  if (key === null || uploadId === null) throw strange();
  return { key: decodeKey(key), uploadId, initiated: dateOf(textOf(item, "Initiated")) };
}

function dateOf(text: string | null): Date {
  const date = new Date(text ?? "");
  if (Number.isNaN(date.getTime())) throw strange();
  return date;
}

/** Keys come encoded as in a form, so that any can stand in XML. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", "%20"));
  } catch {
    throw strange();
  }
}

export function expectXml(body: Buffer, name: string): XmlElement {
  const xml = parseXml(body.toString("utf8"));
  if (xml?.name !== name) throw strange();
  return xml;
}

export function strange(): StoreError {
  return new StoreError("the object store answered something that makes no sense", {
    hint: "check that the endpoint is one of S3, and not its web console",
  });
}
