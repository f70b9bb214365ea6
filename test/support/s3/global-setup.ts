/** Starts one gateway for all tests of object stores; where there can be none, says so loudly, and the tests are skipped. */
import type { TestProject } from "vitest/node";
import { type GatewayFacts, prepareGateway, startGateway } from "./gateway.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Null where there is no gateway. */
    gateway: GatewayFacts | null;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | void> {
  const reason = prepareGateway();
  if (reason !== null) {
    project.provide("gateway", null);
    process.stderr.write(
      `\n*** THE TESTS OF OBJECT STORES ARE SKIPPED: there is no Ceph gateway (${reason}) ***\n\n`,
    );
    return;
  }
  const gateway = await startGateway();
  project.provide("gateway", gateway.facts);
  process.stderr.write(`test:s3: a Ceph gateway answers at ${gateway.facts.endpoint}\n`);
  return () => gateway.close();
}
