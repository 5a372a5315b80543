import { equalShapes, type Shape } from "../shape.ts";
import type { DataType } from "../tensor.ts";
import { type GraphModelEmitter, typeAttribute } from "./emitter.ts";

/** A value of the graph: the name of its node, and what comes out of it. */
export interface GraphValue {
  readonly name: string;
  readonly shape: Shape;
  readonly dataType: DataType;
}

/** Reshape infers one length; where more are unknown, the shape is read from the inputs at run time. */
export function reshapeNode(emitter: GraphModelEmitter, name: string, shape: Shape): string {
  const target = shape.map((dimension) => (typeof dimension === "number" ? dimension : -1));
  const unknown = target.filter((length) => length === -1).length;
  // nothing can be inferred where there are no elements
  const inferable = unknown === 0 || (unknown === 1 && !target.includes(0));
  return emitter.node("Reshape", [name, inferable ? emitter.integers(target) : emitter.shape(shape)]);
}

/** The value repeated up to a shape; bool travels as int32, because not every backend can repeat it. */
export function broadcastNode(emitter: GraphModelEmitter, value: GraphValue, shape: Shape): string {
  if (equalShapes(value.shape, shape)) return value.name;
  if (value.dataType !== "bool") return emitter.node("BroadcastTo", [value.name, emitter.shape(shape)]);
  const number = emitter.node("Cast", [value.name], { DstT: typeAttribute("int32") });
  const repeated = emitter.node("BroadcastTo", [number, emitter.shape(shape)]);
  return emitter.node("Cast", [repeated], { DstT: typeAttribute("bool") });
}
