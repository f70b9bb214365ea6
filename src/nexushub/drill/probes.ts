/** NexusHub's probes of a restored database. Each one fails for a single cause and names it. */
import type { Probe, ProbeContext } from "../../drill/probe.ts";
import { notRun, type Verdict } from "../../drill/report.ts";
import { checkKey } from "../keys/manifest-key.ts";
import { readSealedColumns, type SealedColumnFacts } from "../keys/sealed-columns.ts";
import { probeMigrations, probeRecoveryPoint } from "./database-probes.ts";
import { KEY_HINT, NO_KEY, probeKey, probeKeyPairs, probeSealedValues } from "./key-probes.ts";
import type { NexusHubProbeOptions } from "./options.ts";
import { probePeerConfig } from "./peer-probe.ts";

/** Returns the probes in the order of a report. They read the sealed values once, together. */
export function nexusHubProbes(options: NexusHubProbeOptions = {}): Probe[] {
  let columns: Promise<SealedColumnFacts[]> | undefined;
  const sealedColumns = async ({ connection }: ProbeContext, key: Uint8Array) =>
    (columns ??= readSealedColumns(connection, key));
  const withKey =
    (run: (context: ProbeContext, key: Uint8Array) => Promise<Verdict>): Probe["run"] =>
    async (context) => {
      if (options.key === undefined) return notRun(NO_KEY, KEY_HINT);
      if (checkKey(context.storedManifest, options.key) === "wrong-key")
        return notRun("the key is not the archive's");
      return run(context, options.key);
    };
  return [
    {
      id: "recovery-point",
      title: "Newest audit entry",
      run: (context) => probeRecoveryPoint(context, options),
    },
    { id: "migrations", title: "Migrations clean", run: probeMigrations },
    {
      id: "key",
      title: "Key fits the archive",
      run: async (context) => probeKey(context, options.key),
    },
    {
      id: "sealed-values",
      title: "Sealed values open",
      run: withKey(async (context, key) => probeSealedValues(await sealedColumns(context, key))),
    },
    {
      id: "key-pairs",
      title: "Private keys match their public keys",
      run: withKey(async (context, key) => probeKeyPairs(await sealedColumns(context, key))),
    },
    {
      id: "peer-config",
      title: "A peer's configuration renders",
      run: withKey((context, key) => probePeerConfig(context, key, options)),
    },
  ];
}
