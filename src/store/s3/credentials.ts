/**
 * Keys of an object store: given by the caller, from the environment, or from the shared files. Everything else that AWS has
 * (web identity, containers, instances, SSO, roles) comes from its own package where the user installed it. Keys never get
 * into a message.
 */
import { UsageError } from "../../errors.ts";
import type { Profile } from "./shared-files.ts";

/** Keys that sign requests. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string | undefined;
  /** When temporary keys end. */
  readonly expiration?: Date | undefined;
}

/** Gives keys, as often as it is called: those of the AWS SDK do. */
export type S3CredentialProvider = () => Promise<S3Credentials>;

/** Where keys may come from. */
export interface CredentialSources {
  readonly credentials?: S3Credentials | S3CredentialProvider | undefined;
  /** A profile that was named, which counts more than keys in the environment. */
  readonly profileName: string | undefined;
  readonly profile: Profile;
  readonly env: NodeJS.ProcessEnv;
}

/** Temporary keys are renewed so long before they end. */
const RENEW_MS = 5 * 60 * 1000;

/** Keys from the environment or a profile; null when neither has them. Pure. */
export function staticCredentials({
  profileName,
  profile,
  env,
}: Omit<CredentialSources, "credentials">): S3Credentials | null {
  const ofEnvironment = credentialsOf(
    env["AWS_ACCESS_KEY_ID"],
    env["AWS_SECRET_ACCESS_KEY"],
    env["AWS_SESSION_TOKEN"],
  );
  const ofProfile = credentialsOf(
    profile["aws_access_key_id"],
    profile["aws_secret_access_key"],
    profile["aws_session_token"],
  );
  return profileName === undefined ? (ofEnvironment ?? ofProfile) : ofProfile;
}

function credentialsOf(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): S3Credentials | null {
  if (!accessKeyId || !secretAccessKey) return null;
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined };
}

/**
 * A provider of keys that renews temporary ones.
 * @throws (when called) UsageError only when there are no keys.
 */
export function credentialProvider(sources: CredentialSources): S3CredentialProvider {
  let provider: S3CredentialProvider | undefined;
  let current: Promise<S3Credentials> | undefined;
  return async () => {
    provider ??= await chooseProvider(sources);
    const known = await current?.catch(() => undefined);
    const ends = known?.expiration?.getTime() ?? Infinity;
    if (known === undefined || ends - Date.now() < RENEW_MS) current = provider();
    return current!;
  };
}

async function chooseProvider(sources: CredentialSources): Promise<S3CredentialProvider> {
  const { credentials } = sources;
  if (typeof credentials === "function") return credentials;
  const keys = credentials ?? staticCredentials(sources);
  if (keys !== null) return () => Promise.resolve(keys);
  return sdkProvider(sources);
}

/** An optional package: its name is not one that a bundler follows. */
const SDK_PACKAGE = "@aws-sdk/credential-providers";

interface CredentialProviders {
  fromNodeProviderChain(options: { readonly profile?: string }): S3CredentialProvider;
}

async function sdkProvider({ profileName }: CredentialSources): Promise<S3CredentialProvider> {
  const sdk = await (import(SDK_PACKAGE) as Promise<CredentialProviders>).catch(() => null);
  if (sdk === null) {
    throw new UsageError("there are no keys for the object store", {
      hint: `set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write a profile into ~/.aws/credentials; for roles, web identity, instances and SSO install ${SDK_PACKAGE}`,
    });
  }
  const chain = sdk.fromNodeProviderChain(
    profileName === undefined ? {} : { profile: profileName },
  );
  return async () => {
    try {
      return await chain();
    } catch (error) {
      // Its messages name sources, not keys; other text of the environment may be in them.
      throw new UsageError("AWS's package has no keys for the object store", {
        hint: `set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or see to the sources of ${SDK_PACKAGE} (${(error as Error).name})`,
      });
    }
  };
}
