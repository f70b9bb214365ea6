// An application takes a backup: progress, a way to stop it, and errors that say what to do.
import { dump, isNexushubDumpError } from "nexushub-dump";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

try {
  const result = await dump(process.env.DATABASE_URL, process.argv[2] ?? "backup.tar.gz", {
    signal: stop.signal,
    onProgress: (event) => {
      if (event.type === "relation") console.log(`${event.relation}: ${event.rows} rows`);
    },
  });
  console.log(`${result.rows} rows, ${result.archiveBytes} bytes`);
} catch (error) {
  if (!isNexushubDumpError(error)) throw error;
  console.error(`${error.code}: ${error.message}${error.hint ? ` (${error.hint})` : ""}`);
  process.exitCode = 1;
}
