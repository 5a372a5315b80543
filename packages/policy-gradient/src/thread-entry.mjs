// A worker thread does not inherit the TypeScript loader, and `--import tsx` loads it on the main thread alone:
// register it here, then run the module that the thread is for.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.module);
