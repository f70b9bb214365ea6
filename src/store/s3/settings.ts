/** How an object store is reached: from the caller, the address, the environment and the shared files, in this order. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../../errors.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { checkEndpoint, type StoreAddress } from "../address.ts";
import {
  credentialProvider,
  type S3CredentialProvider,
  type S3Credentials,
} from "./credentials.ts";
import { type Profile, readProfile } from "./shared-files.ts";
import { systemReason } from "../../util/system-reason.ts";

/** What a caller may say of a store; what is missing comes from the address, the environment and the shared files. */
export interface S3ConnectionOptions {
  /** `https://host:port`, for stores other than AWS. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or AWS. */
  readonly endpoint?: string | undefined;
  /** Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, or what the endpoint says. */
  readonly region?: string | undefined;
  /** Keys, or a function that gives them. Default: the environment, the shared files, or AWS's own package. */
  readonly credentials?: S3Credentials | S3CredentialProvider | undefined;
  /** The profile of the shared files. Default: `AWS_PROFILE`, or `default`. */
  readonly profile?: string | undefined;
  /** Whether the bucket is in the path or in the host's name. Default: in the path, except for AWS. */
  readonly style?: "path" | "host" | undefined;
  /** Certificates of authorities (PEM) that a server's may be signed by. Default: the file of `AWS_CA_BUNDLE`, or Node's. */
  readonly ca?: string | undefined;
  /** Environment variables. Default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Everything that a client needs to know. */
export interface S3Settings {
  readonly bucket: string;
  readonly endpoint: URL;
  readonly region: string;
  readonly isPathStyle: boolean;
  readonly credentials: S3CredentialProvider;
  readonly ca: string | undefined;
  readonly proxy: string | undefined;
}

/** @throws UsageError only when something is missing or not valid. */
export async function resolveSettings(
  { bucket, options: ofAddress }: StoreAddress,
  options: S3ConnectionOptions = {},
): Promise<S3Settings> {
  const env = options.env ?? process.env;
  const profileName = options.profile ?? ofAddress.profile;
  const profile = await readProfile(profileName, env);
  const { endpoint, region, style } = options;
  const location = resolveLocation(
    bucket,
    { ...ofAddress, ...withoutUndefined({ endpoint, region, style }) },
    profile,
    env,
  );
  return {
    ...location,
    bucket,
    credentials: credentialProvider({
      credentials: options.credentials,
      profileName,
      profile,
      env,
    }),
    ca: options.ca ?? (await readBundle(env)),
    proxy: proxyFor(location.endpoint, env),
  };
}

type Location = Pick<S3ConnectionOptions, "endpoint" | "region" | "style">;

/** The endpoint, region and style. Pure. */
export function resolveLocation(
  bucket: string,
  options: Location,
  profile: Profile,
  env: NodeJS.ProcessEnv,
): Pick<S3Settings, "endpoint" | "region" | "isPathStyle"> {
  const named =
    options.endpoint ??
    (env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"] || profile["endpoint_url"]);
  const region =
    options.region ??
    (env["AWS_REGION"] ||
      env["AWS_DEFAULT_REGION"] ||
      profile["region"] ||
      regionOfHost(named) ||
      "us-east-1");
  if (!/^[\w-]{1,64}$/.test(region)) throw new UsageError("the region is not valid");
  const endpoint = checkEndpoint(named ?? `https://s3.${region}.${domainOf(region)}`);
  // A certificate for *.s3… does not cover a bucket with dots.
  const isPathStyle =
    options.style === undefined
      ? named !== undefined || bucket.includes(".")
      : options.style === "path";
  return { endpoint, region, isPathStyle };
}

function domainOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

/** The region that the name of a host says: of Cloudflare R2, Backblaze B2 and others of its form. */
function regionOfHost(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined || !URL.canParse(endpoint)) return undefined;
  const { hostname } = new URL(endpoint);
  if (hostname.endsWith(".r2.cloudflarestorage.com")) return "auto";
  return /^s3\.([a-z0-9-]+)\.[a-z0-9-]+\.[a-z]+$/.exec(hostname)?.[1];
}

async function readBundle(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = env["AWS_CA_BUNDLE"];
  if (!path) return undefined;
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new UsageError(`cannot read the file that AWS_CA_BUNDLE names: ${systemReason(cause)}`, {
      object: path,
      cause,
    });
  });
}

/** The proxy for a host, as curl reads `https_proxy`, `http_proxy` and `no_proxy`; loopback is never reached through one. Pure. */
export function proxyFor({ protocol, hostname }: URL, env: NodeJS.ProcessEnv): string | undefined {
  const read = (name: string): string | undefined => env[name] || env[name.toUpperCase()];
  const proxy = protocol === "https:" ? read("https_proxy") : env["http_proxy"];
  const url = proxy || read("all_proxy");
  if (!url || /^(localhost|127\.|\[::1\]$)/.test(hostname)) return undefined;
  const exceptions = (read("no_proxy") ?? "").split(/[\s,]+/).filter((each) => each !== "");
  const isDirect = exceptions.some((exception) => {
    const domain = exception.replace(/^\*?\.?/, "").replace(/:\d+$/, "");
    return exception === "*" || hostname === domain || hostname.endsWith(`.${domain}`);
  });
  return isDirect ? undefined : url;
}
