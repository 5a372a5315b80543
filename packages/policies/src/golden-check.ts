import { join } from "node:path";
import {
  GOLDEN_REQUESTS,
  PolicyBundleError,
  readBundleFile,
  readGolden,
  readPolicyBundle,
  type Golden,
  type GoldenTensor,
  type Manifest,
} from "@longview/formats";
import { openGraphSession, type GraphFeed, type GraphSession } from "./graph-session.ts";

/** A policy's graph, and the tensors that go in and come out. */
export interface CheckedGraph {
  readonly graph: Manifest["graph"];
  readonly onnx: Uint8Array;
}

/** What a graph showed when it answered its golden requests. */
export interface GoldenCheck {
  readonly requests: number;
  /** Largest difference of any output to the stored one, relative to max(1, |stored|). */
  readonly largestDifference: number;
}

/**
 * Runs a bundle's golden requests through ONNX Runtime and compares every output with the stored one.
 *
 * @param policy - a bundle's folder, or its graph alone
 * @param golden - the requests; those of the folder where none are given
 * @throws RangeError (of a folder: PolicyBundleError) one line with the request and the output that differ
 * @example
 * (await checkGolden("runs/main/policy")).largestDifference; // ≤ the tolerance in golden.json
 */
export function checkGolden(policy: string, golden?: Golden): Promise<GoldenCheck>;
export function checkGolden(policy: CheckedGraph, golden: Golden): Promise<GoldenCheck>;
export async function checkGolden(policy: string | CheckedGraph, golden?: Golden): Promise<GoldenCheck> {
  if (typeof policy !== "string") {
    if (golden === undefined) throw new TypeError("checkGolden: a graph alone needs its golden requests");
    return answerAll(policy, golden);
  }
  const manifest = readPolicyBundle(policy);
  const requests = golden ?? readGolden(policy, manifest);
  const onnx = new Uint8Array(readBundleFile(policy, manifest, "policy.onnx"));
  try {
    return await answerAll({ graph: manifest.graph, onnx }, requests);
  } catch (cause) {
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    const file = cause instanceof GoldenMismatch ? "golden.json" : "policy.onnx";
    throw new PolicyBundleError(join(policy, file), line ?? "", { cause });
  }
}

/** A stored request or output that the graph does not bear out, rather than a graph that cannot run. */
class GoldenMismatch extends RangeError {}

async function answerAll({ graph, onnx }: CheckedGraph, golden: Golden): Promise<GoldenCheck> {
  const { requests, tolerance } = golden;
  // A bundle with nothing to prove has proved nothing.
  if (requests.length !== GOLDEN_REQUESTS)
    throw new GoldenMismatch(`holds ${requests.length} requests, allowed: exactly ${GOLDEN_REQUESTS}`);
  const session = await openGraphSession(onnx);
  try {
    let largest = 0;
    for (const [number, request] of requests.entries()) {
      const feeds = feedsOf(graph, number, request.inputs);
      for (const { name } of graph.outputs) {
        const stored = request.outputs[name];
        if (stored === undefined) throw new GoldenMismatch(`request ${number} has no output ${name}`);
        largest = Math.max(largest, await compare(session, feeds, { number, name, stored, tolerance }));
      }
    }
    return { requests: requests.length, largestDifference: largest };
  } finally {
    await session.dispose();
  }
}

function feedsOf(
  graph: Manifest["graph"],
  number: number,
  inputs: Readonly<Record<string, GoldenTensor>>,
): Record<string, GraphFeed> {
  return Object.fromEntries(
    graph.inputs.map(({ name, dataType }) => {
      const tensor = inputs[name];
      if (tensor === undefined) throw new GoldenMismatch(`request ${number} has no input ${name}`);
      const { shape, data } = tensor;
      if (shape.reduce((product, size) => product * size, 1) !== data.length)
        throw new GoldenMismatch(
          `request ${number}, input ${name}: ${data.length} numbers, its shape is [${shape.join(", ")}]`,
        );
      return [name, { shape, data: dataType === "bool" ? Uint8Array.from(data) : Float32Array.from(data) }];
    }),
  );
}

interface StoredOutput {
  readonly number: number;
  readonly name: string;
  readonly stored: GoldenTensor;
  readonly tolerance: number;
}

async function compare(
  session: GraphSession,
  feeds: Readonly<Record<string, GraphFeed>>,
  { number, name, stored, tolerance }: StoredOutput,
): Promise<number> {
  const answered = await session.run(feeds, name);
  const where = `request ${number}, output ${name}`;
  if (answered.length !== stored.data.length)
    throw new GoldenMismatch(
      `${where}: the graph gives ${answered.length} numbers, stored are ${stored.data.length}`,
    );
  let largest = 0;
  for (const [at, expected] of stored.data.entries()) {
    const difference = Math.abs(answered[at]! - expected) / Math.max(1, Math.abs(expected));
    // Written so that NaN is refused.
    if (!(difference <= tolerance))
      throw new GoldenMismatch(
        `${where}.${at}: the graph gives ${answered[at]}, stored is ${expected}; their difference relative to max(1, |stored|) may be ${tolerance}`,
      );
    largest = Math.max(largest, difference);
  }
  return largest;
}
