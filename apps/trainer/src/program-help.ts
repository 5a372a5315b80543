/** Gathers the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** Examples as every command's help shows them. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ npx ${line}`).join("\n")}\n`;

export const exitCodes = `
Exit codes: 0 done, 3 bad input or usage, 70 internal error, 130 interrupted (saved, and says how to continue).
`;
