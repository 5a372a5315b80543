/** Files of a simulation's folder. */
export const ECOSYSTEM_FILES = { numbers: "ecosystem.json", page: "ecosystem.html" } as const;
