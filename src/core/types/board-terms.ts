/** Skills a request asks for or an offer gives, by code on the wire (append only). */
export const skillCodes = {
  press: 1,
  legal: 2,
  asylum: 3,
  translation: 4,
  writing: 5,
  film: 6,
  social: 7,
  technology: 8,
  training: 9,
  art: 10,
  policy: 11,
  pr: 12,
} as const;
export type Skill = keyof typeof skillCodes;
export const skills = Object.keys(skillCodes) as readonly Skill[];

/** How soon help is needed, by code on the wire (append only). */
export const urgencyCodes = { whenever: 0, month: 1, week: 2, now: 3 } as const;
export type Urgency = keyof typeof urgencyCodes;
export const urgencies = Object.keys(urgencyCodes) as readonly Urgency[];

/** Where a request stands, as its author says, by code on the wire (append only). */
export const statusCodes = { open: 0, talking: 1, helped: 2, closed: 3 } as const;
export type RequestStatus = keyof typeof statusCodes;
export const requestStatuses = Object.keys(statusCodes) as readonly RequestStatus[];

/** What a board entry is. */
export type EntryKind = 'request' | 'offer';

/** Limits of protocol.md, "Records", that forms count down from. */
export const textLimits = {
  titleCharacters: 120,
  textCharacters: 4_000,
  textBytes: 6_144,
  nameCharacters: 60,
  aboutCharacters: 1_000,
  messageBytes: 3_900,
  firstMessageBytes: 2_300,
  skillsPerEntry: 4,
  languagesPerProfile: 12,
} as const;

/** How long an entry may stand on the board, in days. */
export const entryLifetimesDays = [30, 90, 180] as const;
export type EntryLifetimeDays = (typeof entryLifetimesDays)[number];
