import type { DraftId, RecordAddressText } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { EntryDraft, EntryFields } from './api/entry-calls.ts';
import type { Outcome } from './api/outcome.ts';

/** Drafts, newest first. */
export function listDrafts(context: EngineContext): Outcome<readonly EntryDraft[]> {
  return runUnlocked(context, (vault) =>
    Promise.resolve(
      ok(
        vault
          .all('draft')
          .map(({ id, fields, updatedAtMs, edits }): EntryDraft => ({
            id,
            fields,
            updatedAtMs,
            edits: edits as RecordAddressText | null,
          }))
          .sort((a, b) => b.updatedAtMs - a.updatedAtMs),
      ),
    ),
  );
}

/** Keeps a draft under its id, or under a new one. */
export function saveDraft(
  context: EngineContext,
  id: DraftId | null,
  fields: EntryFields,
  edits: RecordAddressText | null,
): Outcome<DraftId> {
  return runUnlocked(context, async (vault) => {
    const draftId = id ?? (vault.newId() as DraftId);
    if (id !== null && vault.get('draft', id) === undefined) return engineError('not-found');
    const { kind, title, text, language, country, skills, urgency, lifetimeDays } = fields;
    await vault.commit({
      put: [
        {
          type: 'draft',
          id: draftId,
          edits,
          updatedAtMs: context.clock(),
          fields: {
            kind,
            title,
            text,
            language,
            country,
            skills: [...skills],
            urgency,
            lifetimeDays,
          },
        },
      ],
    });
    context.emit('drafts');
    return ok(draftId);
  });
}

/** Lets go of a draft. */
export function discardDraft(context: EngineContext, id: DraftId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const draft = vault.get('draft', id);
    if (draft === undefined) return engineError('not-found');
    await vault.commit({ remove: [draft] });
    context.emit('drafts');
    return ok(undefined);
  });
}
