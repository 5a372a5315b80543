// A worker thread cannot start on a TypeScript file (`--import tsx` does not reach its entry on Node 20), so it
// starts here, with plain JavaScript.
import { register } from "tsx/esm/api";

register();
await import("./shard-worker.ts");
