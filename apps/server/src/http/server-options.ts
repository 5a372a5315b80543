import type { KeyObject } from "node:crypto";
import type { DestinationStream } from "pino";
import type { MetricNames, ServedLogOptions } from "../decision-log/index.ts";
import type { DecisionSink } from "../decision-sink.ts";
import type { PolicyToDeploy } from "../policies/deployments.ts";

/** What protects a server from too much at once. */
export interface ServerLimits {
  /** Requests that are worked on at the same time; more get 503. @defaultValue 256 */
  readonly inFlight: number;
  /** Bytes of a ranking request. @defaultValue 4 MiB */
  readonly bodyBytes: number;
  /** Bytes of a batch and of a list of feedback. @defaultValue 16 MiB */
  readonly batchBytes: number;
  /** Milliseconds in which a request must have arrived, and then be answered. @defaultValue 10,000 each */
  readonly milliseconds: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  inFlight: 256,
  bodyBytes: 4 << 20,
  batchBytes: 16 << 20,
  milliseconds: 10_000,
};

/** How a policy server is made. */
export interface PolicyServerOptions {
  /** What is live first. */
  readonly policies: readonly PolicyToDeploy[];
  /** Folder of the decision log; the blocklist and the key of units are kept in it too. */
  readonly logFolder: string;
  readonly log: Omit<ServedLogOptions, keyof MetricNames | "now">;
  /** Opens the decision log. @defaultValue the one in files */
  readonly openLog?: (folder: string, options: ServedLogOptions) => Promise<DecisionSink>;
  /** The only folder from which control calls may load bundles; undefined: they load none. */
  readonly bundlesRoot?: string | undefined;
  /** Public keys whose signature every bundle must bear; undefined: none is asked for. */
  readonly trustedKeys?: readonly KeyObject[] | undefined;
  /** What control calls must show; undefined: they are refused. */
  readonly token?: string | undefined;
  /** Makes keys and the split of units repeat, for tests. */
  readonly seed?: string | undefined;
  readonly limits?: Partial<ServerLimits>;
  /** Where log lines go. @defaultValue nowhere */
  readonly logTo?: DestinationStream | undefined;
  /** @defaultValue info */
  readonly logLevel?: "debug" | "info" | "warn" | "error";
  /** Seconds since 1970. @defaultValue the machine's clock */
  readonly now?: () => number;
}
