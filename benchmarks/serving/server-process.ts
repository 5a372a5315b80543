import { spawn, type ChildProcess } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../apps/trainer/bin/longview.mjs", import.meta.url));

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A `longview serve` in its own process. */
export class ServerProcess {
  readonly port: number;
  /** Seconds from the start of the process until it was ready. */
  readonly secondsToReady: number;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, port: number, secondsToReady: number) {
    this.#child = child;
    this.port = port;
    this.secondsToReady = secondsToReady;
    this.#ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
  }

  /**
   * Starts `longview serve ARGS --port 0` and waits until `/readyz` says so.
   *
   * @param pinnedTo - a core's number. @defaultValue any
   */
  static async start(
    args: readonly string[],
    { pinnedTo, environment = {} }: { pinnedTo?: number; environment?: Record<string, string> } = {},
  ): Promise<ServerProcess> {
    const began = performance.now();
    const line = [process.execPath, command, "serve", ...args, "--port", "0"];
    const [program, ...rest] = pinnedTo === undefined ? line : ["taskset", "-c", String(pinnedTo), ...line];
    const child = spawn(program!, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    let output = "";
    const port = await new Promise<number>((resolve, reject) => {
      const read = (text: Buffer): void => {
        output = (output + text.toString()).slice(-8000);
        const found = /http:\/\/[^\s:]+:(\d+)/.exec(output);
        if (found !== null) resolve(Number(found[1]));
      };
      child.stdout!.on("data", read);
      child.stderr!.on("data", read);
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`longview serve ended with ${code}: ${output}`)));
    });
    child.stdout!.resume();
    child.stderr!.resume();
    const probe = new ServerProcess(child, port, 0);
    for (;;) {
      const ready = await probe.get("/readyz").catch(() => undefined);
      if (ready?.status === 200) break;
      if (child.exitCode !== null) throw new Error(`longview serve ended with ${child.exitCode}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    probe.#agent.destroy();
    return new ServerProcess(child, port, (performance.now() - began) / 1000);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", path, undefined);
  }

  post(path: string, body: unknown, token?: string): Promise<Answer> {
    return this.send(
      "POST",
      path,
      JSON.stringify(body),
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    );
  }

  /** One request; rejects where the connection breaks. */
  send(
    method: string,
    path: string,
    body: string | Buffer | undefined,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port: this.port,
          method,
          path,
          agent: this.#agent,
          headers: {
            ...(body === undefined
              ? {}
              : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (incoming) => {
          const pieces: Buffer[] = [];
          incoming.on("data", (piece: Buffer) => pieces.push(piece));
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text: Buffer.concat(pieces).toString(),
            }),
          );
          incoming.on("error", reject);
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  /** Ends the process and waits for it. @returns its exit code; null where a signal ended it */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    const code = await this.#ended;
    this.#agent.destroy();
    return code;
  }
}
