/** A uniform number in (0, 1), another one each time. */
export type Draw = () => number;

const pick = <Value>(list: readonly Value[], draw: Draw): Value => list[Math.floor(draw() * list.length)]!;

/** Values that code which trusts its input trips over. */
const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  -1e-320,
  2 ** 53,
  0.1,
  "",
  "0",
  "__proto__",
  "constructor",
  "\u0000",
  "\ud800",
  "../../etc/passwd",
  "a".repeat(5000),
  [],
  {},
  [[]],
  [null],
  { length: 3 },
  { toString: 1 },
  Array.from({ length: 3000 }, () => 0),
];

const NAMES = [
  "",
  "0",
  "__proto__",
  "constructor",
  "toString",
  "length",
  "\u0000",
  "a".repeat(5000),
] as const;

/** Texts that are no JSON, or hold what `JSON.stringify` would not write. */
const TEXTS: readonly string[] = [
  "",
  "{",
  "[]",
  "null",
  "1e999",
  "NaN",
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  "[".repeat(20_000),
  '{"a":'.repeat(5000) + "1" + "}".repeat(5000),
  '"' + "\\u0000".repeat(1000) + '"',
];

/** A valid body, damaged: as a tree, as a text, or as bytes. */
export function mutated(body: unknown, draw: Draw): Buffer {
  const kind = draw();
  if (kind < 0.05) return Buffer.from(JSON.stringify(body));
  if (kind < 0.12) return Buffer.from(pick(TEXTS, draw));
  let tree: unknown = structuredClone(body);
  const times = 1 + Math.floor(draw() * 3);
  for (let time = 0; time < times; time++) tree = mutatedTree(tree, draw);
  const bytes = Buffer.from(JSON.stringify(tree) ?? "null");
  if (kind < 0.75) return bytes;
  if (kind < 0.85) return bytes.subarray(0, Math.floor(draw() * bytes.length));
  for (let time = 0; time < times && bytes.length > 0; time++)
    bytes[Math.floor(draw() * bytes.length)] = Math.floor(draw() * 256);
  return bytes;
}

/** Changes one place: replaces it by junk, removes it, adds to it, or repeats it. */
function mutatedTree(tree: unknown, draw: Draw): unknown {
  if (typeof tree !== "object" || tree === null || draw() < 0.1) return pick(JUNK, draw);
  if (Array.isArray(tree)) {
    const copy: unknown[] = [...tree];
    const at = Math.floor(draw() * copy.length);
    const how = draw();
    if (copy.length === 0 || how < 0.2) copy.splice(at, 0, pick(JUNK, draw));
    else if (how < 0.35) copy.splice(at, 1);
    else if (how < 0.45) copy.push(copy[at]);
    else copy[at] = mutatedTree(copy[at], draw);
    return copy;
  }
  const entries: [string, unknown][] = Object.entries(tree);
  const how = draw();
  if (entries.length === 0 || how < 0.1) entries.push([pick(NAMES, draw), pick(JUNK, draw)]);
  else {
    const at = Math.floor(draw() * entries.length);
    const [name, value] = entries[at]!;
    if (how < 0.2) entries.splice(at, 1);
    else if (how < 0.25) entries[at] = [name.toUpperCase(), value];
    else entries[at] = [name, mutatedTree(value, draw)];
  }
  return Object.fromEntries(entries);
}
