// An API that streams a backup to its client, and one that tells the progress of a backup as server-sent events. A
// client that leaves ends the dump: the server's query is canceled, and nothing is left. GET /backup,
// GET /backup/events. Authenticate before you use this: whoever gets the archive gets the database.
import { join } from "node:path";
import { PassThrough } from "node:stream";
import Fastify from "fastify";
import { dump, isNexushubDumpError } from "nexushub-dump";

const { DATABASE_URL, BACKUP_FOLDER = ".", PORT = "0" } = process.env;
const app = Fastify();

/** Fires when the client goes before the answer is complete. */
function clientGone(reply) {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

const code = (error) => (isNexushubDumpError(error) ? error.code : "INTERNAL");

app.get("/backup", async (request, reply) => {
  const archive = new PassThrough();
  dump(DATABASE_URL, archive, { signal: clientGone(reply) }).then(
    ({ rows }) => console.log(`sent ${rows} rows`),
    (error) => {
      console.log(`ended: ${code(error)}`);
      // The client gets status 500, or once bytes are on their way a broken transfer: never a short file.
      archive.destroy(error);
    },
  );
  return reply
    .type("application/gzip")
    .header("content-disposition", 'attachment; filename="backup.tar.gz"')
    .send(archive);
});

app.get("/backup/events", async (request, reply) => {
  const events = new PassThrough();
  const send = ({ type, ...data }) =>
    events.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  const name = `backup-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}.tar.gz`;
  dump(DATABASE_URL, join(BACKUP_FOLDER, name), { signal: clientGone(reply), onProgress: send })
    .then(
      ({ rows, archiveBytes }) => send({ type: "done", name, rows, archiveBytes }),
      (error) => {
        console.log(`ended: ${code(error)}`);
        send({ type: "failed", code: code(error) });
      },
    )
    .finally(() => events.end());
  return reply.type("text/event-stream").header("cache-control", "no-store").send(events);
});

await app.listen({ port: Number(PORT), host: "127.0.0.1" });
console.log(`listening on ${app.server.address().port}`);
process.once("SIGTERM", () => {
  void app.close();
  app.server.closeAllConnections();
});
