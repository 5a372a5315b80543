import { add, exp, mean, multiply, negate, square, subtract, sum, type Tensor } from "@longview/tensor";

/** The tensor of a scalar that the definition names. */
export function scalar(scalars: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = scalars[name];
  if (found === undefined) throw new RangeError(`loss: no scalar ${name}`);
  return found;
}

/** Mean squared error of each value head, summed over heads. */
export function valueError(values: Tensor, returns: Tensor): Tensor {
  return mean(sum(square(subtract(values, returns)), { axes: 1 }));
}

/** policy loss − entropy coefficient · entropy + value coefficient · value loss. */
export function totalLoss(
  policyLoss: Tensor,
  entropy: Tensor,
  valueLoss: Tensor,
  { entropyCoefficient, valueCoefficient }: { entropyCoefficient: Tensor; valueCoefficient: number },
): Tensor {
  return add(
    subtract(policyLoss, multiply(entropyCoefficient, entropy)),
    multiply(valueLoss, valueCoefficient),
  );
}

/** k3 = mean((r − 1) − log r) and k1 = mean(−log r) of log r = new − old. @see Schulman (2020), "Approximating KL divergence" */
export function klEstimates(logRatio: Tensor): { approximateKl: Tensor; oldApproximateKl: Tensor } {
  return {
    approximateKl: mean(subtract(subtract(exp(logRatio), 1), logRatio)),
    oldApproximateKl: negate(mean(logRatio)),
  };
}
