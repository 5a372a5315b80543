import { MAXIMUM_NAME } from "@longview/formats";
import { badRequest } from "../serving-problem.ts";

/** An object of parsed JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A value as a message shows it: short, whatever was sent. */
export function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws ServingProblem naming the place where no object stands */
export function readObject(value: unknown, place: string): JsonObject {
  if (!isObject(value)) throw badRequest(`${place}: found ${found(value)}, allowed: an object`);
  return value;
}

/** @throws ServingProblem naming the first key that is none of the allowed ones */
export function refuseUnknownKeys(object: JsonObject, allowed: readonly string[], at: string): void {
  for (const key of Object.keys(object))
    if (!allowed.includes(key))
      throw badRequest(`${at}${key.slice(0, 60)}: is unknown, allowed: ${allowed.join(", ")}`);
}

/** Whether a text is a name: neither blank nor too long. */
function isName(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MAXIMUM_NAME) return false;
  const first = value.charCodeAt(0);
  // Most names begin with a visible ASCII character; only the others need the expression.
  return (first > 32 && first < 127) || /\S/.test(value);
}

/** @throws ServingProblem naming the place of what is no name */
export function readName(value: unknown, at: string, name: string): string {
  if (isName(value)) return value;
  throw badRequest(
    `${at}${name}: found ${found(value)}, allowed: a text of 1 to ${MAXIMUM_NAME} characters, not blank`,
  );
}

/** The list itself, once every entry of it is known to be a name. */
export function readNames(value: unknown, place: string): readonly string[] {
  if (!Array.isArray(value)) throw badRequest(`${place}: found ${found(value)}, allowed: a list of names`);
  const list: readonly unknown[] = value;
  if (areNames(list)) return list;
  const odd = list.findIndex((each) => !isName(each));
  readName(list[odd], `${place}.`, String(odd));
  return [];
}

function areNames(list: readonly unknown[]): list is readonly string[] {
  for (let i = 0; i < list.length; i++) if (!isName(list[i])) return false;
  return true;
}

/** The list itself, once every entry of it is known to be true or false. */
export function readBooleans(value: unknown, place: string): readonly boolean[] {
  if (!Array.isArray(value))
    throw badRequest(`${place}: found ${found(value)}, allowed: a list of true and false`);
  const list: readonly unknown[] = value;
  if (areBooleans(list)) return list;
  const odd = list.findIndex((each) => typeof each !== "boolean");
  throw badRequest(`${place}.${odd}: found ${found(list[odd])}, allowed: true or false`);
}

const areBooleans = (list: readonly unknown[]): list is readonly boolean[] =>
  list.every((each) => typeof each === "boolean");
