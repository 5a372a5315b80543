export { PolicyServerError } from "./policy-server-error.ts";
export { createPolicyClient, type PolicyClient, type PolicyClientOptions } from "./policy-client.ts";
