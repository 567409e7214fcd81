import type { Skill } from '#core/types/board-terms.ts';
import type { Day } from '#core/types/day.ts';
import type { PersonaKeyText } from '#core/types/ids.ts';
import type { Outcome } from './outcome.ts';
import type { AuthorTrust } from './trust-calls.ts';

export interface PersonaView {
  readonly key: PersonaKeyText;
  /** Local name, never published. */
  readonly label: string;
  readonly profileName: string | null;
  readonly about: string;
  readonly languages: readonly string[];
  readonly skills: readonly Skill[];
  readonly entries: number;
  readonly createdDay: Day;
  /** Somebody else signs as this persona: a record of it turned up that this device did not make. */
  readonly foreignRevision: boolean;
  /** What the board's stewards say of it; null for nothing. */
  readonly trust: AuthorTrust | null;
  /** Whether the board's charter names it as a steward. */
  readonly isSteward: boolean;
}

export interface ProfileFields {
  readonly name: string;
  readonly about: string;
  readonly languages: readonly string[];
  readonly skills: readonly Skill[];
}

/** Personas of this vault. */
export interface PersonaCalls {
  listPersonas(): Outcome<readonly PersonaView[]>;
  createPersona(label: string): Outcome<PersonaKeyText>;
  renamePersona(key: PersonaKeyText, label: string): Outcome<void>;
  publishProfile(key: PersonaKeyText, fields: ProfileFields): Outcome<void>;
}
