import type { EngineOptions } from "./options.ts";

/**
 * Impressions a day that are a creator's fair share:
 * `users · referencePages · (positions looked at on a page) / creator slots`.
 */
export function fairShareOf(options: EngineOptions, users: number): number {
  const continuation = options.choice.continuation;
  let looked = 0;
  for (let position = 0; position < options.slots; position++) looked += Math.pow(continuation, position);
  return (users * options.referencePages * looked) / options.creators.capacity;
}
