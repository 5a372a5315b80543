import type { z } from "zod";
import { badRequest } from "../serving-problem.ts";

/** A body as its schema says. @throws ServingProblem BAD_REQUEST with the first place that is wrong */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "body" : issue.path.join(".");
  throw badRequest(`${place.slice(0, 120)}: ${(issue?.message ?? "is wrong").split("\n")[0]!.slice(0, 300)}`);
}
