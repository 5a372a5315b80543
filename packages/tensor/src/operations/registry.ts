import type { Operation } from "../operation.ts";
import { broadcastToOperation } from "./broadcast-to.ts";
import { castOperation } from "./cast.ts";
import { comparisonOperations } from "./comparison.ts";
import { concatenateOperation } from "./concatenate.ts";
import { cumulativeSumOperation } from "./cumulative-sum.ts";
import { dimensionSizeOperation } from "./dimension-size.ts";
import { binaryOperations } from "./elementwise-binary.ts";
import { unaryOperations } from "./elementwise-unary.ts";
import { gatherElementsOperation, scatterElementsOperation } from "./gather-elements.ts";
import { gatherOperation, scatterRowsOperation } from "./gather.ts";
import { namedOperation, stopGradientOperation } from "./identity.ts";
import { loopOperation, loopResultOperation } from "./loop.ts";
import { gemmOperation, matMulOperation } from "./mat-mul.ts";
import { padOperation } from "./pad.ts";
import { reductionOperations } from "./reductions.ts";
import { reshapeOperation } from "./reshape.ts";
import { sliceOperation, splitPartOperation } from "./slice.ts";
import { logSoftmaxOperation, softmaxOperation } from "./softmax.ts";
import { constantOperation, inputOperation, placeholderOperation } from "./sources.ts";
import { transposeOperation } from "./transpose.ts";
import { whereOperation } from "./where.ts";

/** Every operation a program may contain. A new one is its file and a line here. */
export const OPERATIONS: readonly Operation[] = [
  inputOperation,
  constantOperation,
  placeholderOperation,
  namedOperation,
  stopGradientOperation,
  ...unaryOperations,
  ...binaryOperations,
  ...comparisonOperations,
  whereOperation,
  castOperation,
  matMulOperation,
  gemmOperation,
  transposeOperation,
  reshapeOperation,
  broadcastToOperation,
  concatenateOperation,
  sliceOperation,
  splitPartOperation,
  padOperation,
  gatherOperation,
  scatterRowsOperation,
  gatherElementsOperation,
  scatterElementsOperation,
  ...reductionOperations,
  dimensionSizeOperation,
  softmaxOperation,
  logSoftmaxOperation,
  cumulativeSumOperation,
  loopOperation,
  loopResultOperation,
];
