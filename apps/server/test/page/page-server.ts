import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerStatus } from "@longview/formats";
import { PAGE_HEADERS, pageFiles } from "../../src/page/page-files.ts";

/** A server of the page and of whatever status a test sets. */
export interface PageServer {
  readonly url: string;
  /** What `GET /v1/status` answers from now on: a status, an HTTP code, or nothing at all while it hangs up. */
  answer: ServerStatus | number | "hang up";
  /** Requests for the status so far. */
  polls: number;
  close(): Promise<void>;
}

/** Starts a {@link PageServer} on a free port of this machine. */
export async function startPageServer(answer: PageServer["answer"]): Promise<PageServer> {
  const files = new Map(pageFiles().map((file) => [file.path as string, file]));
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const file = files.get(path);
    if (file !== undefined) {
      response.writeHead(200, { ...PAGE_HEADERS, "content-type": file.contentType }).end(file.body);
      return;
    }
    if (path !== "/v1/status") {
      response.writeHead(404).end();
      return;
    }
    state.polls++;
    if (state.answer === "hang up") request.socket.destroy();
    else if (typeof state.answer === "number") response.writeHead(state.answer).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(state.answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const state: PageServer = {
    url: `http://127.0.0.1:${port}/`,
    answer,
    polls: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return state;
}
