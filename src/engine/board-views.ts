import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { PersonaKey, RecordAddressText } from '#core/types/ids.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { ok, type Result } from '#core/types/result.ts';
import type { IndexedEntry, PrivateMarks } from './board-index.ts';
import { cardAddress } from './card-address.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { BoardEntry, BoardPage, BoardQuery, BoardRow } from './api/board-calls.ts';
import type { DeliveryState } from './api/delivery-state.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { personaText } from './addresses.ts';

const excerptCharacters = 240;
const maxPageRows = 100;

/** One page of what matches, and the filters' choices. */
export async function queryBoard(context: EngineContext, query: BoardQuery): Promise<BoardPage> {
  const marks = privateMarks(context);
  const found = context.board.find(query, marks);
  const offset = Math.max(0, query.offset);
  const limit = Math.min(Math.max(1, query.limit), maxPageRows);
  const waiting = await deliveryByAddress(context);
  return {
    rows: found.slice(offset, offset + limit).map((entry) => toRow(context, entry, marks, waiting)),
    total: found.length,
    onDevice: context.board.size,
    ...context.board.facets(),
  };
}

/** One entry whole. */
export async function readEntry(
  context: EngineContext,
  address: RecordAddressText,
): Promise<Result<BoardEntry, EngineError>> {
  const entry = context.board.get(address);
  if (entry === undefined) return engineError('not-found');
  const row = toRow(context, entry, privateMarks(context), await deliveryByAddress(context));
  const author = base64UrlToBytes(entry.author);
  const card = author.ok
    ? await context.db.records.get(
        bytesToBase64Url(cardAddress(author.value as PersonaKey)) as RecordAddressText,
      )
    : undefined;
  const conversation = context.vault
    ?.all('conversation')
    .find((known) => bytesToBase64Url(known.about) === address && !row.mine);
  return ok({
    ...row,
    text: entry.entry.text,
    revision: entry.rev,
    authorAbout: context.board.profileOf(entry.author)?.about ?? null,
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

function privateMarks({ vault }: EngineContext): PrivateMarks {
  const mine = new Set(vault?.all('persona').map(({ key }) => personaText(key)));
  const saved = new Set(vault?.all('saved').map(({ address }) => address));
  return {
    isMine: (entry) => mine.has(entry.author),
    isSaved: (address) => saved.has(address),
  };
}

/** How far what I published has come, for addresses with something still in the outbox. */
async function deliveryByAddress({
  db,
  vault,
}: EngineContext): Promise<ReadonlyMap<RecordAddressText, DeliveryState>> {
  const states = new Map<RecordAddressText, DeliveryState>();
  if (vault === null) return states;
  for (const { task, state } of await db.outbox.toArray()) {
    if (task.kind !== 'publish') continue;
    if (states.get(task.address) === 'on-device') continue;
    states.set(task.address, state === 'refused' ? 'refused' : 'on-device');
  }
  return states;
}

function toRow(
  { board }: EngineContext,
  indexed: IndexedEntry,
  marks: PrivateMarks,
  waiting: ReadonlyMap<RecordAddressText, DeliveryState>,
): BoardRow {
  const { address, kind, author, day, until, entry } = indexed;
  const mine = marks.isMine(indexed);
  return {
    address,
    kind,
    title: entry.title,
    excerpt: [...entry.text.slice(0, excerptCharacters * 2)].slice(0, excerptCharacters).join(''),
    language: entry.language,
    country: entry.country,
    skills: entry.skills,
    urgency: entry.urgency,
    status: board.statusOf(indexed),
    day,
    until,
    author,
    authorName: board.profileOf(author)?.name ?? null,
    mine,
    saved: marks.isSaved(address),
    delivery: mine ? (waiting.get(address) ?? 'on-relay') : null,
  };
}
