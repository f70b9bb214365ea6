/** Objects beside a differential archive that may be its base, by their sizes. */
import { folderOf } from "../../store/address.ts";
import type { S3ConnectionOptions } from "../../store/s3/settings.ts";
import type { BaseHint } from "../storage/store.ts";
import { mayBeBase } from "./base-size.ts";

/** @returns addresses, the one with the recorded name first. */
export async function nearbyObjects(
  address: string,
  base: BaseHint,
  options?: S3ConnectionOptions,
): Promise<string[]> {
  const { openS3Folder } = await import("../../store/s3/s3-folder.ts");
  const folder = await openS3Folder(folderOf(address), options);
  const files = (await folder.list()).filter((file) => mayBeBase(file.bytes, base));
  const rank = (name: string): number => (name === base.fileName ? 0 : 1);
  return files
    .map((file) => file.name)
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? 1 : -1))
    .map((name) => folder.addressOf(name))
    .filter((each) => each !== address);
}
