/** The functions on deployments, restores and keys, with arguments checked. Documentation is that of the implementations. */
import { oneOf, text } from "../../arguments/option-types.ts";
import { DUMP_OPTIONS } from "../../arguments/schemas.ts";
import type { Manifest, StoredManifest } from "../../archive/format/manifest.ts";
import {
  archive,
  argument,
  checked,
  checkedAsync,
  database,
  deploymentOptions,
  options,
  target,
  targetOptions,
} from "../arguments/argument.ts";
import {
  deploymentFacts,
  detectedDeployment,
  detectedKey,
  manifest,
  peerConfigFacts,
  restorePreview,
} from "../arguments/facts.ts";
import {
  DEPLOYMENT_OPTIONS,
  DOCTOR_OPTIONS,
  GUARD_OPTIONS,
  NEXUSHUB_UNDELETE_OPTIONS,
  PREVIEW_OPTIONS,
} from "../arguments/options.ts";
import { bytes, hexDigits, nonce, sealedColumn, sealingKey } from "../arguments/value-types.ts";
import * as Ci from "../ci/dump-for-ci.ts";
import * as Decide from "../deployment/decide.ts";
import * as EnvFile from "../deployment/env-file.ts";
import * as OpenDeployment from "../deployment/open-deployment.ts";
import * as Doctor from "../doctor/doctor.ts";
import * as PeerConfig from "../drill/peer-config.ts";
import * as ManifestKey from "../keys/manifest-key.ts";
import * as SealedValue from "../keys/sealed-value.ts";
import * as SealingKey from "../keys/sealing-key.ts";
import * as WireguardKey from "../keys/wireguard-key.ts";
import * as Guard from "../restore/guard.ts";
import * as OperatorSteps from "../restore/operator-steps.ts";
import * as PreviewText from "../restore/preview-text.ts";
import * as TargetPreview from "../restore/target-preview.ts";
import * as Undelete from "../undelete/undelete-nexushub.ts";

const deployment = argument("deployment", detectedDeployment.nullable());
const preview = argument("preview", restorePreview);
const key = argument("key", sealingKey);
const column = argument("column", sealedColumn);

/** @function */
export const doctor: typeof Doctor.doctor = checkedAsync("doctor", Doctor.doctor, [
  deploymentOptions(DOCTOR_OPTIONS, ["folder"]),
]);

/** @function */
export const findKey: typeof OpenDeployment.findKey = checkedAsync(
  "findKey",
  OpenDeployment.findKey,
  [deploymentOptions(DEPLOYMENT_OPTIONS)],
);

/** @function */
export const openDeployment: typeof OpenDeployment.openDeployment = checkedAsync(
  "openDeployment",
  OpenDeployment.openDeployment,
  [deploymentOptions(DEPLOYMENT_OPTIONS)],
);

/** @function */
export const decideDeployment: typeof Decide.decideDeployment = checked(
  "decideDeployment",
  Decide.decideDeployment,
  [argument("facts", deploymentFacts)],
);

/** @function */
export const parseEnvFile: typeof EnvFile.parseEnvFile = checked(
  "parseEnvFile",
  EnvFile.parseEnvFile,
  [argument("text", text), argument("dialect", oneOf(["systemd", "compose"]).optional())],
);

/** @function */
export const dumpForCi: typeof Ci.dumpForCi = checkedAsync("dumpForCi", Ci.dumpForCi, [
  database("source"),
  target,
  options(DUMP_OPTIONS),
]);

/** @function */
export const guardRestore: typeof Guard.guardRestore = checkedAsync(
  "guardRestore",
  Guard.guardRestore,
  [archive, argument("key", detectedKey.nullable()), targetOptions(GUARD_OPTIONS)],
);

/** @function */
export const previewRestore: typeof TargetPreview.previewRestore = checkedAsync(
  "previewRestore",
  TargetPreview.previewRestore,
  [database("target"), options(PREVIEW_OPTIONS)],
);

/** @function */
export const previewText: typeof PreviewText.previewText = checked(
  "previewText",
  PreviewText.previewText,
  [preview],
);

/** @function */
export const refuseWhileConnected: typeof PreviewText.refuseWhileConnected = checked(
  "refuseWhileConnected",
  PreviewText.refuseWhileConnected,
  [preview, deployment],
);

/** @function */
export const afterRestore: typeof OperatorSteps.afterRestore = checked(
  "afterRestore",
  OperatorSteps.afterRestore,
  [deployment],
);

/** @function */
export const undeleteNexusHub: typeof Undelete.undeleteNexusHub = checkedAsync(
  "undeleteNexusHub",
  Undelete.undeleteNexusHub,
  [archive, database("target"), options(NEXUSHUB_UNDELETE_OPTIONS)],
);

/** @function */
export const redactConfig: typeof PeerConfig.redactConfig = checked(
  "redactConfig",
  PeerConfig.redactConfig,
  [argument("configuration", text)],
);

/** @function */
export const renderPeerConfig: typeof PeerConfig.renderPeerConfig = checked(
  "renderPeerConfig",
  PeerConfig.renderPeerConfig,
  [argument("facts", peerConfigFacts)],
);

/** @function */
export const checkKey: typeof ManifestKey.checkKey = checked("checkKey", ManifestKey.checkKey, [
  argument("manifest", manifest<StoredManifest>()),
  key,
]);

/** @function */
export const fingerprintKey: typeof ManifestKey.fingerprintKey = checked(
  "fingerprintKey",
  ManifestKey.fingerprintKey,
  [key, argument("salt", hexDigits.optional())],
);

/** @function */
export const sealManifest: typeof ManifestKey.sealManifest = checked(
  "sealManifest",
  ManifestKey.sealManifest,
  [argument("manifest", manifest<Manifest>()), key],
);

/** @function */
export const open: typeof SealedValue.open = checked("open", SealedValue.open, [
  column,
  key,
  argument("value", bytes),
]);

/** @function */
export const seal: typeof SealedValue.seal = checked("seal", SealedValue.seal, [
  column,
  key,
  argument("plaintext", bytes),
  argument("nonce", nonce.optional()),
]);

/** @function */
export const parseKey: typeof SealingKey.parseKey = checked("parseKey", SealingKey.parseKey, [
  argument("key", text),
]);

/** @function */
export const publicKeyOf: typeof WireguardKey.publicKeyOf = checked(
  "publicKeyOf",
  WireguardKey.publicKeyOf,
  [argument("private key", bytes)],
);
