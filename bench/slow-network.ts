/**
 * A relay that makes the server look far away: each connection has a limited rate and a delay. Shows the effect of
 * parallel jobs when neither processor is the limit. Runs as a separate program:
 * `slow-network.ts <socket of the server> <socket to listen on> <bytes a second> <delay in ms>`.
 */
import { type Socket, connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Interval at which a connection may send more. */
const TICK_MS = 5;

async function relay(from: Socket, to: Socket, rate: number, delay: number): Promise<void> {
  let owed = 0;
  let last = performance.now();
  for await (const chunk of from as AsyncIterable<Buffer>) {
    owed += chunk.length;
    const now = performance.now();
    owed = Math.max(0, owed - ((now - last) / 1000) * rate);
    last = now;
    const wait = (owed / rate) * 1000;
    if (wait > TICK_MS) await sleep(wait);
    setTimeout(() => to.write(chunk), delay);
    if (to.writableLength > rate) await sleep(TICK_MS);
  }
  setTimeout(() => to.end(), delay);
}

const [server, listen, rate, delay] = process.argv.slice(2);
createServer((client) => {
  const upstream = connect(server!);
  for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
  void relay(client, upstream, Number(rate), Number(delay)).catch(() => upstream.destroy());
  void relay(upstream, client, Number(rate), Number(delay)).catch(() => client.destroy());
}).listen(listen, () => process.stdout.write("ready\n"));
