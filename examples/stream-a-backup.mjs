// An HTTP server that streams a backup, and tells its progress as server-sent events. A client that leaves ends the
// dump: the server's query is cancelled, and nothing is left. GET /backup, GET /backup/events. Authenticate before you
// use this: whoever gets the archive gets the database.
import { createServer } from "node:http";
import { Writable } from "node:stream";
import { dump, isNexushubDumpError } from "nexushub-dump";

const code = (error) => (isNexushubDumpError(error) ? error.code : "INTERNAL");

/** Fires when the client goes before the answer is complete. */
function clientGone(response) {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

async function sendBackup(response) {
  response.writeHead(200, {
    "content-type": "application/gzip",
    "content-disposition": 'attachment; filename="backup.tar.gz"',
  });
  // On failure the response is destroyed, not ended: the client sees a broken transfer, never a short file.
  const result = await dump(process.env.DATABASE_URL, response, { signal: clientGone(response) });
  console.log(`sent ${result.rows} rows`);
}

async function sendEvents(response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (event) =>
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  // A real one would keep the archive; this one only counts.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const result = await dump(process.env.DATABASE_URL, nowhere, {
    signal: clientGone(response),
    onProgress: send,
  });
  send({ type: "done", rows: result.rows, archiveBytes: result.archiveBytes });
  response.end();
}

const server = createServer((request, response) => {
  const send = { "/backup": sendBackup, "/backup/events": sendEvents }[request.url];
  if (request.method !== "GET" || send === undefined) {
    response.writeHead(404).end();
    return;
  }
  send(response).catch((error) => {
    console.log(`ended: ${code(error)}`);
    response.destroy();
  });
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
process.once("SIGTERM", () => server.close().closeAllConnections());
