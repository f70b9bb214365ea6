/** A bucket for one test, on the gateway that all share. */
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { S3Bucket } from "../../../src/store/s3/bucket.ts";
import { S3Client } from "../../../src/store/s3/client.ts";
import { resolveSettings } from "../../../src/store/s3/settings.ts";
import type { GatewayFacts } from "./gateway.ts";

/** Null where the tests are skipped. */
export const gateway: GatewayFacts | null = inject("gateway");

export interface TestBucket {
  readonly name: string;
  /** `s3://bucket`, with the endpoint. */
  readonly address: string;
  /** An address in it. */
  at(key: string, query?: string): string;
  /** The operations on it, for whatever the product has no command for. */
  readonly bucket: S3Bucket;
  /** Keys of all objects, claims too. */
  keys(prefix?: string): Promise<string[]>;
  uploads(): Promise<number>;
}

/** Sets the keys in this process's environment, as a user would. */
export function useKeys({ accessKeyId, secretAccessKey }: GatewayFacts): Record<string, string> {
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  Object.assign(process.env, env);
  return env;
}

interface BucketOptions {
  /** With object lock. */
  readonly locked?: boolean;
  /** Another way to the gateway: a proxy. */
  readonly endpoint?: string;
  /** Default: one that no other test has. */
  readonly name?: string;
}

export async function createBucket(
  facts: GatewayFacts,
  {
    locked = false,
    endpoint = facts.endpoint,
    name = `test-${randomBytes(6).toString("hex")}`,
  }: BucketOptions = {},
): Promise<TestBucket> {
  useKeys(facts);
  const settings = await resolveSettings({
    bucket: name,
    key: "",
    options: { endpoint: facts.endpoint },
  });
  const client = new S3Client(settings, (key) => `s3://${name}/${key}`, undefined);
  const headers = locked ? { "x-amz-bucket-object-lock-enabled": "true" } : {};
  await client.send({ method: "PUT", headers, action: "create" });
  const bucket = new S3Bucket(client);
  return {
    name,
    address: `s3://${name}?endpoint=${endpoint}`,
    at: (key, query = "") => `s3://${name}/${key}?endpoint=${endpoint}${query}`,
    bucket,
    keys: async (prefix = "") => (await bucket.list(prefix)).map(({ key }) => key),
    uploads: async () => (await bucket.listUploads("")).length,
  };
}
