import * as z from "zod";
import { appealsOptions } from "./appeals.ts";
import { enforcementOptions } from "./enforcement.ts";
import { evasionOptions } from "./evasion.ts";
import { reportsOptions } from "./reports.ts";
import { reviewOptions } from "./review.ts";

/** Options of integrity: what happens between an item that may be harmful and its removal. */
export const integrityOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the platform enforces rules against harm"),
  reports: reportsOptions.prefault({}).describe("Reports"),
  review: reviewOptions.prefault({}).describe("Human review"),
  enforcement: enforcementOptions.prefault({}).describe("Strikes, reach, suspension"),
  appeals: appealsOptions.prefault({}).describe("Appeals"),
  evasion: evasionOptions.prefault({}).describe("Adversaries"),
});
export type IntegrityOptions = z.infer<typeof integrityOptions>;
