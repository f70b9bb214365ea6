/** Probe of a peer's configuration: does it render, and would wg-quick accept it? */
import type { ProbeContext } from "../../drill/probe.ts";
import { failed, notRun, passed, type Verdict } from "../../drill/report.ts";
import { isNexushubDumpError } from "../../errors.ts";
import type { NexusHubProbeOptions } from "./options.ts";
import {
  configProblems,
  type PeerConfigFacts,
  redactConfig,
  renderPeerConfig,
} from "./peer-config.ts";
import { listKnownPeers, readPeerFacts } from "./peer-facts.ts";

/** Peers to try when the sealed values of some do not open. */
const MAX_PEERS = 20;

export async function probePeerConfig(
  { connection }: ProbeContext,
  key: Uint8Array,
  { peer, reveal = false, wgEndpoint = null }: NexusHubProbeOptions,
): Promise<Verdict> {
  const ids = peer === undefined ? await listKnownPeers(connection, MAX_PEERS) : [peer];
  if (ids.length === 0) return notRun("there is no peer");
  for (const id of ids) {
    let facts: PeerConfigFacts | null;
    try {
      facts = await readPeerFacts(connection, id, key, wgEndpoint);
    } catch (error) {
      // Reported by the probe of sealed values; another peer can still show that rendering works.
      if (isNexushubDumpError(error) && error.code === "MISMATCH") continue;
      throw error;
    }
    if (facts === null)
      return failed(`there is no peer ${id}`, {
        hint: "pass the id of a peer, as NexusHub shows it",
      });
    return judgeConfig(id, facts, reveal);
  }
  const peers = ids.length === 1 ? `peer ${ids[0]}` : "the peers";
  return notRun(`the sealed values of ${peers} do not open`);
}

function judgeConfig(id: string, facts: PeerConfigFacts, reveal: boolean): Verdict {
  const config = renderPeerConfig(facts);
  const details = (reveal ? config : redactConfig(config)).trimEnd().split("\n");
  const problems = configProblems(facts);
  if (problems.length === 0) return passed(`that of peer ${id}`, details);
  return failed(`that of peer ${id} would not work: ${problems.join("; ")}`, { details });
}
