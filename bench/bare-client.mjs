/**
 * The least that a client of an object store does: no checks of what it sends, no claims, nothing read back. For comparison.
 * `bare-client.mjs make|put|get <file> <url of the object>`, with keys in the environment.
 */
import { open, stat } from "node:fs/promises";
import { AwsClient } from "aws4fetch";

const PART_BYTES = 8 * 1024 * 1024;
const AT_ONCE = 4;

const [action, path, url] = process.argv.slice(2);
const client = new AwsClient({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  service: "s3",
  region: "us-east-1",
});

async function send(target, init) {
  const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...init.headers };
  const answer = await client.fetch(target, { ...init, headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer;
}

/** Calls `work` for each part of so many bytes, some of them at once. */
async function eachPart(bytes, work) {
  let next = 0;
  const count = Math.ceil(bytes / PART_BYTES);
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const at = next++ * PART_BYTES;
      await work(at / PART_BYTES + 1, at, Math.min(PART_BYTES, bytes - at));
    }
  });
  await Promise.all(lanes);
}

async function put() {
  const file = await open(path);
  const begun = await (await send(`${url}?uploads=`, { method: "POST" })).text();
  const uploadId = /<UploadId>([^<]+)</.exec(begun)[1];
  const etags = [];
  await eachPart((await stat(path)).size, async (number, at, length) => {
    const body = Buffer.alloc(length);
    await file.read(body, 0, length, at);
    const target = `${url}?partNumber=${number}&uploadId=${encodeURIComponent(uploadId)}`;
    etags[number] = (await send(target, { method: "PUT", body })).headers.get("etag");
  });
  const parts = etags.map(
    (etag, number) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  await send(`${url}?uploadId=${encodeURIComponent(uploadId)}`, {
    method: "POST",
    body: `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`,
  });
  await file.close();
}

async function get() {
  const file = await open(path, "w");
  const bytes = Number((await send(url, { method: "HEAD" })).headers.get("content-length"));
  await eachPart(bytes, async (_number, at, length) => {
    const headers = { range: `bytes=${at}-${at + length - 1}` };
    const body = Buffer.from(await (await send(url, { headers })).arrayBuffer());
    await file.write(body, 0, length, at);
  });
  await file.close();
}

const make = () => send(url, { method: "PUT" });

await { make, put, get }[action]();
