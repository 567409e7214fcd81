/** What stewards say of a persona: from 0 (checked, and not to be trusted) to 5. */
export const maxStars = 5;
export type Stars = 0 | 1 | 2 | 3 | 4 | 5;

/** How a steward came to know somebody, by code on the wire (append only). */
export const vettingMethodCodes = { met: 1, papers: 2, organisation: 3, worked: 4 } as const;
export type VettingMethod = keyof typeof vettingMethodCodes;
export const vettingMethods = Object.keys(vettingMethodCodes) as readonly VettingMethod[];

/** How long stars may stand before somebody has to look again, in days. */
export const vettingLifetimesDays = [30, 90, 180] as const;
export type VettingLifetimeDays = (typeof vettingLifetimesDays)[number];

/** Limits of protocol.md, "Records". */
export const charterLimits = { nameCharacters: 60, stewards: 64 } as const;
