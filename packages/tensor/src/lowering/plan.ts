import type { LoopBody, Tensor } from "../tensor.ts";
import { constantOperation, inputOperation, placeholderOperation } from "../operations/sources.ts";
import { canonicalize } from "./canonicalize.ts";
import { cheaperForm } from "./cheaper.ts";
import { addendsIntoGemm, productsToGemm } from "./fuse.ts";
import { simplify } from "./simplify.ts";
import { bodyOutputs, topologicalOrder } from "./topology.ts";

/** A simplified graph in the order in which it is run. */
export interface Plan {
  readonly outputs: readonly Tensor[];
  /** Computed tensors outside every loop, inputs before users. */
  readonly nodes: readonly Tensor[];
  /** Computed tensors of each loop body that depend on its placeholders. */
  readonly bodies: ReadonlyMap<LoopBody, readonly Tensor[]>;
  readonly labels: ReadonlyMap<Tensor, string>;
}

const NONE: ReadonlySet<LoopBody> = new Set();

/** The innermost loop body each tensor belongs to; `undefined` outside every loop. */
function scopes(order: readonly Tensor[]): Map<Tensor, LoopBody | undefined> {
  const ownerOfPlaceholder = new Map<Tensor, LoopBody>();
  for (const { body } of order) {
    if (body === undefined) continue;
    for (const placeholder of [body.iteration, ...body.placeholders])
      ownerOfPlaceholder.set(placeholder, body);
  }
  const dependsOn = new Map<Tensor, ReadonlySet<LoopBody>>();
  for (const tensor of order) {
    const owner = ownerOfPlaceholder.get(tensor);
    if (owner !== undefined) {
      dependsOn.set(tensor, new Set([owner]));
      continue;
    }
    const needed =
      tensor.body === undefined ? tensor.inputs : [...tensor.inputs, ...bodyOutputs(tensor.body)];
    const sets = needed.map((input) => dependsOn.get(input) ?? NONE).filter((set) => set.size > 0);
    const union = new Set(sets.flatMap((set) => [...set]));
    if (tensor.body !== undefined) union.delete(tensor.body);
    dependsOn.set(tensor, union.size === 0 ? NONE : union);
  }
  const containedIn = new Map<LoopBody, ReadonlySet<LoopBody>>();
  for (const tensor of order)
    if (tensor.body !== undefined) containedIn.set(tensor.body, dependsOn.get(tensor) ?? NONE);
  const nesting = (body: LoopBody): number =>
    Math.max(-1, ...[...(containedIn.get(body) ?? NONE)].map(nesting)) + 1;
  const result = new Map<Tensor, LoopBody | undefined>();
  for (const tensor of order) {
    const bodies = [...(dependsOn.get(tensor) ?? NONE)];
    result.set(tensor, bodies.sort((left, right) => nesting(right) - nesting(left))[0]);
  }
  return result;
}

/** Simplifies the graph and orders it for execution. */
export function planGraph(requested: readonly Tensor[]): Plan {
  const simple = canonicalize(requested, simplify);
  const products = canonicalize(
    simple.outputs,
    (tensor) => cheaperForm(productsToGemm(tensor)),
    simple.labels,
  );
  const { outputs, labels } = canonicalize(
    products.outputs,
    addendsIntoGemm(products.outputs),
    products.labels,
  );
  const order = topologicalOrder(outputs);
  const scopeOf = scopes(order);
  const nodes: Tensor[] = [];
  const bodies = new Map<LoopBody, Tensor[]>();
  for (const tensor of order) if (tensor.body !== undefined) bodies.set(tensor.body, []);
  for (const tensor of order) {
    const { operation } = tensor;
    if (operation === inputOperation || operation === constantOperation || operation === placeholderOperation)
      continue;
    const scope = scopeOf.get(tensor);
    if (scope === undefined) nodes.push(tensor);
    else bodies.get(scope)?.push(tensor);
  }
  return { outputs, nodes, bodies, labels };
}
