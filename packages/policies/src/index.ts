export { policySettings, type PolicySettings } from "./policy-settings.ts";
