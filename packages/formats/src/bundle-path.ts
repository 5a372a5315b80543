import { z } from "zod";

/**
 * The path of a file inside a bundle: names of letters, digits, `.`, `-` and `_`, with `/` between them. So none is
 * absolute, hidden or leaves the folder, on any system.
 */
export const bundlePathSchema = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
    "a path inside the bundle: names of letters, digits, '.', '-' and '_' with '/' between them",
  )
  .refine((path) => path !== "manifest.json", { error: "any file but manifest.json itself" });
