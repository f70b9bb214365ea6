/** Tells the address of an object from that of a folder: in a store, every prefix is one. */
import { openLocation } from "./connection.ts";

/** @throws UsageError only when the address or a setting is not valid; StoreError. */
export async function hasObject(text: string): Promise<boolean> {
  const { address, bucket } = await openLocation(text);
  return address.key !== "" && (await bucket.head(address.key)) !== null;
}
