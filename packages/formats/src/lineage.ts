import { z } from "zod";
import { sha256Schema } from "./sha256.ts";

/** A file that went into a run or came out of it. Paths are relative to the run folder, or as the user gave them. */
export const fileHashSchema = z.strictObject({ path: z.string().min(1), sha256: sha256Schema });
export type FileHash = z.infer<typeof fileHashSchema>;

/** The code that ran: its version, and the commit where git knows one. */
export const codeVersionSchema = z.strictObject({
  version: z.string(),
  commit: z.string().nullable(),
  modified: z
    .boolean()
    .nullable()
    .describe("Whether tracked files differed from the commit; null without git"),
});
export type CodeVersion = z.infer<typeof codeVersionSchema>;

/** The content of `lineage.json` in a run folder. */
export const lineageSchema = z.strictObject({
  schemaVersion: z.literal(1),
  run: z.string(),
  code: codeVersionSchema,
  runtime: z.strictObject({ node: z.string(), platform: z.string(), executor: z.string() }),
  seeds: z.record(z.string(), z.string()),
  inputs: z.array(fileHashSchema),
  outputs: z.array(fileHashSchema),
  when: z.strictObject({
    started: z.iso.datetime(),
    resumed: z.array(z.iso.datetime()),
    finished: z.iso.datetime().nullable(),
  }),
});
export type Lineage = z.infer<typeof lineageSchema>;
