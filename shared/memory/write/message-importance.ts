/** Instructions to the assistant bind longer than chat; what a user says weighs more than an answer to it. */
const roleImportance: Record<string, number> = { system: 0.6, user: 0.5, tool: 0.4, assistant: 0.4 };
const unknownRole = 0.5;

/** Words by which people mark what should be kept. */
const marker = /\b(remember|important|always|never|must|don't forget|do not forget|deadline|prefer)\b/i;
const markerBonus = 0.2;

/** Importance of a message that came without one, 0 to 1: by its role, raised when its text asks to be kept. */
export function messageImportance(role: string, content: string): number {
  const base = roleImportance[role.toLowerCase()] ?? unknownRole;
  return marker.test(content) ? Math.min(1, base + markerBonus) : base;
}
