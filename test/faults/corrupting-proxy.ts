/** A connection that damages its bytes in one place, as a bad network card, a bad cable or a bad middlebox does. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Address, connectTo } from "../support/proxies.ts";

export const DAMAGES = ["change", "drop", "duplicate", "insert", "cut"] as const;

export interface Damage {
  readonly kind: (typeof DAMAGES)[number];
  /** Of the connections in the order in which they come, from 0. */
  readonly connection: number;
  readonly direction: "to the client" | "to the server";
  /** In the stream of that direction, from its first byte. */
  readonly offset: number;
  /** How many bytes are dropped or duplicated, or which byte comes instead. */
  readonly amount: number;
}

/** Bytes that went through each connection, by direction. */
export interface Traffic {
  "to the client": number;
  "to the server": number;
}

export interface CorruptingProxy {
  readonly port: number;
  readonly traffic: readonly Traffic[];
  /** Whether the place was reached. */
  readonly damaged: () => boolean;
  close(): Promise<void>;
}

export async function corruptingProxy(
  real: Address,
  damage: Damage | undefined,
): Promise<CorruptingProxy> {
  const traffic: Traffic[] = [];
  const sockets = new Set<Socket>();
  let isDamaged = false;
  const server: Server = createServer({ noDelay: true }, (client) => {
    const upstream = connectTo(real);
    const mine: Traffic = { "to the client": 0, "to the server": 0 };
    const number = traffic.push(mine) - 1;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    const pass = (from: Socket, to: Socket, direction: Damage["direction"]): void => {
      from.on("data", (bytes: Buffer) => {
        const start = mine[direction];
        mine[direction] += bytes.length;
        const at = (damage?.offset ?? 0) - start;
        const isHere =
          damage?.connection === number &&
          damage.direction === direction &&
          at >= 0 &&
          at < bytes.length;
        if (!isHere) {
          to.write(bytes);
          return;
        }
        isDamaged = true;
        to.write(damagedBytes(bytes, at, damage));
        if (damage.kind === "cut") {
          to.end();
          from.destroy();
        }
      });
      from.on("end", () => to.end());
      from.on("close", () => to.destroy());
    };
    pass(client, upstream, "to the server");
    pass(upstream, client, "to the client");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    traffic,
    damaged: () => isDamaged,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function damagedBytes(bytes: Buffer, at: number, { kind, amount }: Damage): Buffer {
  const before = bytes.subarray(0, at);
  const size = 1 + (amount % 8);
  switch (kind) {
    case "change": {
      const changed = Buffer.from(bytes);
      // Another byte in every case.
      changed[at] = changed[at]! ^ (1 + (amount % 255));
      return changed;
    }
    case "drop":
      return Buffer.concat([before, bytes.subarray(at + size)]);
    case "duplicate":
      return Buffer.concat([bytes.subarray(0, at + size), bytes.subarray(at)]);
    case "cut":
      return before;
    case "insert":
      return Buffer.concat([before, Buffer.from([amount % 256]), bytes.subarray(at)]);
  }
}
