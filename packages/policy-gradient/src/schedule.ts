import { z } from "zod";

/** A value that is constant, or moves in a straight line from `from` (first decision) to `to` (last decision). */
export type Schedule = number | { readonly from: number; readonly to: number };

/** zod schema of a {@link Schedule} whose values lie in `[minimum, maximum]`. */
export function scheduleSchema(
  minimum: number,
  maximum: number,
): z.ZodUnion<readonly [z.ZodNumber, z.ZodObject<{ from: z.ZodNumber; to: z.ZodNumber }, z.core.$strict>]> {
  const value = z.number().min(minimum).max(maximum);
  return z.union([value, z.strictObject({ from: value, to: value })]);
}

/**
 * The schedule's value.
 *
 * @param progress - share of the training done, 0 … 1
 */
export function scheduleValue(schedule: Schedule, progress: number): number {
  if (typeof schedule === "number") return schedule;
  return schedule.from + (schedule.to - schedule.from) * Math.min(1, Math.max(0, progress));
}
