import { silentDisplay } from "./display.ts";
import type { Display } from "./display.ts";

/** A live display on a terminal, plain lines elsewhere, nothing where only the result is wanted. */
export async function chooseDisplay(json: boolean, every: number): Promise<Display> {
  if (json) return silentDisplay;
  if (process.stdout.isTTY) {
    const { TerminalDisplay } = await import("./terminal.ts");
    return new TerminalDisplay();
  }
  const { PlainDisplay } = await import("./plain.ts");
  return new PlainDisplay((line) => process.stdout.write(`${line}\n`), every);
}
