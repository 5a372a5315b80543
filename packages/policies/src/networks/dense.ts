import { add, matMul, relu, tanh, type ParameterSpecification, type Tensor } from "@longview/tensor";
import type { PolicySettings } from "../policy-settings.ts";

/** Parameters of one layer x·W + b: W `[inputs, outputs]` orthogonal with `gain`, b zero. */
export function denseParameters(
  name: string,
  inputs: number,
  outputs: number,
  gain: number,
): readonly ParameterSpecification[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], initializer: { orthogonal: gain } },
    { name: `${name}.bias`, shape: [outputs], initializer: "zeros" },
  ];
}

/** x·W + b for `x [rows, inputs]`. */
export function dense(parameters: Readonly<Record<string, Tensor>>, name: string, x: Tensor): Tensor {
  return add(matMul(x, parameter(parameters, `${name}.weight`)), parameter(parameters, `${name}.bias`));
}

/** The tensor of a parameter. */
export function parameter(parameters: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = parameters[name];
  if (found === undefined) throw new RangeError(`policy network: no parameter ${name}`);
  return found;
}

export function activate(x: Tensor, activation: PolicySettings["activation"]): Tensor {
  return activation === "tanh" ? tanh(x) : relu(x);
}

/** Orthogonal gain of hidden layers, as in PPO's reference implementations (√2 for tanh and relu alike). */
export const HIDDEN_GAIN = Math.SQRT2;

/** Parameters of a stack of hidden layers named `${name}.0`, `${name}.1`, …; orthogonal, gain √2. */
export function stackParameters(
  name: string,
  inputs: number,
  sizes: readonly number[],
): readonly ParameterSpecification[] {
  return sizes.flatMap((size, i) =>
    denseParameters(`${name}.${i}`, i === 0 ? inputs : sizes[i - 1]!, size, HIDDEN_GAIN),
  );
}

/** The stack's output `[rows, last size]`; `x` itself where there are no layers. */
export function stack(
  parameters: Readonly<Record<string, Tensor>>,
  name: string,
  x: Tensor,
  {
    sizes,
    activation,
  }: { readonly sizes: readonly number[]; readonly activation: PolicySettings["activation"] },
): Tensor {
  return sizes.reduce((hidden, _, i) => activate(dense(parameters, `${name}.${i}`, hidden), activation), x);
}
