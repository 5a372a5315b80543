const KNOWN: Readonly<Record<string, string>> = {
  trained: "Trained",
  random: "Random",
  popular: "Popular",
  myopic: "Myopic",
  heuristic: "Heuristic",
  oracle: "Oracle",
  userValue: "User value",
  creatorValue: "Creator value",
  engagement: "Engagement",
  integrityHarm: "Integrity harm",
  newCreatorShortfall: "New-creator shortfall",
  satisfaction: "User satisfaction",
  activeUsers: "Active users",
  creatorsAlive: "Creators alive",
  newCreatorShare: "New creators’ share of exposure",
  exposureGini: "Inequality of exposure (Gini)",
  quality: "Mean quality of items",
  gini: "Inequality of exposure (Gini)",
};

const STAKEHOLDERS: Readonly<Record<string, string>> = {
  userValue: "Users",
  creatorValue: "Creators",
  engagement: "Platform and advertisers",
  integrityHarm: "Safety",
  newCreatorShortfall: "New creators",
};

/** A name in the code as people write it: `newCreatorShare` → `New creator share`. */
export function title(name: string): string {
  const known = KNOWN[name];
  if (known !== undefined) return known;
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll(/[-_]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** Whom an objective or a cost is about. */
export const stakeholder = (name: string): string => STAKEHOLDERS[name] ?? title(name);

/** One colour for each policy throughout the page; they can be told apart without seeing red and green. */
export function policyColour(name: string): string {
  const colours: Readonly<Record<string, string>> = {
    trained: "#0b5cad",
    heuristic: "#d97706",
    myopic: "#b4236b",
    popular: "#6b7280",
    random: "#a3a9b3",
    oracle: "#0f766e",
  };
  return colours[name] ?? "#52525b";
}
