import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { PersonaKey, RecordAddressText } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import type { BoardEntry } from './api/board-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { authorTrust, ownVetting, stewardFor } from './author-trust.ts';
import { privateFacts, toRow } from './board-views.ts';
import { cardAddress } from './card-address.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';

/** One entry whole. */
export async function readEntry(
  context: EngineContext,
  address: RecordAddressText,
): Promise<Result<BoardEntry, EngineError>> {
  const { board, db, vault } = context;
  const entry = await board.read(address);
  const author = entry && base64UrlToBytes(entry.author);
  if (entry === undefined || author?.ok !== true) return engineError('not-found');
  const trust = await context.charter.read();
  const row = toRow(entry, await privateFacts(context), trust);
  const vetAs = stewardFor(vault, trust, row.author);
  const [card, profile] = await Promise.all([
    db.board.get(cardAddress(author.value as PersonaKey)),
    board.readProfile(entry.author),
  ]);
  const conversation = vault
    ?.all('conversation')
    .find((known) => bytesToBase64Url(known.about) === address && !row.mine);
  return ok({
    ...row,
    text: entry.entry.text,
    revision: entry.rev,
    authorAbout: profile?.about ?? null,
    trust: trust && authorTrust(board, trust, entry.author),
    hasStewards: trust?.hasStewards ?? false,
    vetAs,
    ownVetting: trust && vetAs && ownVetting(board, trust, vetAs, row.author),
    cardOnDevice: card !== undefined,
    conversation: conversation?.id ?? null,
  });
}

/** Keeps an entry among the saved ones, or lets go of it; only the vault knows. */
export function saveEntry(
  context: EngineContext,
  address: RecordAddressText,
  saved: boolean,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    if (context.board.get(address) === undefined) return engineError('not-found');
    const held = vault.all('saved').filter((value) => value.address === address);
    if (saved && held.length === 0) {
      await vault.commit({ put: [{ type: 'saved', id: vault.newId(), address }] });
    }
    if (!saved) await vault.commit({ remove: held });
    context.emit('board');
    return ok(undefined);
  });
}
