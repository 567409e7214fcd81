import type {
  EntryKind,
  EntryLifetimeDays,
  RequestStatus,
  Skill,
  Urgency,
} from '#core/types/board-terms.ts';
import type { Day } from '#core/types/day.ts';
import type { DraftId, PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { Outcome } from './outcome.ts';

/** What the writer fills in; the engine validates it again. */
export interface EntryFields {
  readonly kind: EntryKind;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  readonly country: string;
  readonly skills: readonly Skill[];
  readonly urgency: Urgency;
  readonly lifetimeDays: EntryLifetimeDays;
}

/** Which persona signs: a new one (the default for requests), or a known one. */
export type PersonaChoice =
  { readonly kind: 'new' } | { readonly kind: 'known'; readonly key: PersonaKeyText };

/** Exactly what becomes public, before it does. */
export interface EntryPreview {
  readonly fields: EntryFields;
  readonly author: PersonaKeyText | null;
  readonly day: Day;
  readonly until: Day;
  readonly sizeBytes: number;
  /** What the text seems to give away. */
  readonly warnings: readonly PrivacyWarning[];
}

export type PrivacyWarning =
  'phone-number' | 'email-address' | 'coordinates' | 'web-address' | 'full-name';

export interface EntryDraft {
  readonly id: DraftId;
  readonly fields: EntryFields;
  readonly updatedAtMs: number;
  /** The entry that it edits, or null for a new one. */
  readonly edits: RecordAddressText | null;
}

/** Own requests and offers, from the draft to the withdrawal. */
export interface EntryCalls {
  previewEntry(fields: EntryFields, persona: PersonaChoice): Outcome<EntryPreview>;
  postEntry(fields: EntryFields, persona: PersonaChoice): Outcome<RecordAddressText>;
  editEntry(address: RecordAddressText, fields: EntryFields): Outcome<void>;
  withdrawEntry(address: RecordAddressText): Outcome<void>;
  setStatus(address: RecordAddressText, status: RequestStatus): Outcome<void>;

  listDrafts(): Outcome<readonly EntryDraft[]>;
  saveDraft(
    id: DraftId | null,
    fields: EntryFields,
    edits: RecordAddressText | null,
  ): Outcome<DraftId>;
  discardDraft(id: DraftId): Outcome<void>;
}
