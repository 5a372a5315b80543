export { createPolicyServer, type PolicyServer } from "./http/create-policy-server.ts";
export { DEFAULT_LIMITS, type PolicyServerOptions, type ServerLimits } from "./http/server-options.ts";
export type { DecisionSink } from "./decision-sink.ts";
export type { PolicyToDeploy } from "./policies/deployments.ts";
