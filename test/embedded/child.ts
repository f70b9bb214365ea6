/**
 * A program of its own that starts an embedded server, says so, and then waits to be killed; with the argument
 * `leave` it has nothing more to do instead. What the tests of src/embedded kill.
 */
import { startEmbedded } from "../../src/embedded/index.ts";

const server = await startEmbedded();
process.stdout.write(`${JSON.stringify({ pid: server.pid, data: server.dataDirectory })}\n`);
if (process.argv[2] !== "leave") setInterval(() => {}, 1000);
