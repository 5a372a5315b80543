// A worker thread cannot start on a TypeScript file (`--import tsx` does not reach its entry on Node 20), so it
// starts here, with plain JavaScript, and goes on to the file named in the thread's data.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.file);
