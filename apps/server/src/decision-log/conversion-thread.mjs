// A worker thread does not inherit the TypeScript loader: register it here, then run the module that the thread is for.
import { register } from "tsx/esm/api";

register();
await import("./conversion-worker.ts");
