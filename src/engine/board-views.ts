import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { EntryContent } from '#core/records/entry.ts';
import type { PersonaKey, RecordAddressText } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { personaText } from './addresses.ts';
import type {
  BoardEntry,
  BoardPage,
  BoardQuery,
  BoardRow,
  MatchProfile,
  MatchReason,
} from './api/board-calls.ts';
import type { DeliveryState } from './api/delivery-state.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import type { WholeEntry } from './board-index.ts';
import { matchProfileOf, toColumnQuery } from './board-terms-query.ts';
import { cardAddress } from './card-address.ts';
import { authorTrust, hasStewards, ownVetting, stewardFor } from './author-trust.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { TrustView } from './trust-index.ts';

const excerptCharacters = 240;
const maxPageRows = 100;

/** One page of what matches, and the filters' choices. */
export async function queryBoard(context: EngineContext, query: BoardQuery): Promise<BoardPage> {
  const offset = Math.max(0, query.offset);
  const limit = Math.min(Math.max(1, query.limit), maxPageRows);
  const { board } = context;
  const trust = await context.charter.read();
  const { entries, total } = await board.find(toColumnQuery(context, query, trust), offset, limit);
  const facts = await privateFacts(context);
  return {
    rows: entries.map((entry) => toRow(entry, facts, trust)),
    total,
    onDevice: board.size,
    hasStewards: hasStewards(trust),
    ...board.facets(),
  };
}

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
    hasStewards: hasStewards(trust),
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

/** What only the open vault knows of rows. */
interface PrivateFacts {
  readonly mine: ReadonlySet<string>;
  readonly saved: ReadonlySet<string>;
  readonly helper: MatchProfile | null;
  readonly waiting: ReadonlyMap<RecordAddressText, DeliveryState>;
}

async function privateFacts(context: EngineContext): Promise<PrivateFacts> {
  const { vault } = context;
  return {
    mine: new Set(vault?.all('persona').map(({ key }) => personaText(key))),
    saved: new Set(vault?.all('saved').map(({ address }) => address)),
    helper: matchProfileOf(context),
    waiting: await deliveryByAddress(context),
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
  found: WholeEntry,
  { mine, saved, helper, waiting }: PrivateFacts,
  trust: TrustView | null,
): BoardRow {
  const { address, kind, author, day, until, status, authorName, entry } = found;
  const isMine = mine.has(author);
  return {
    address,
    kind,
    title: entry.title,
    excerpt: [...entry.text.slice(0, excerptCharacters * 2)].slice(0, excerptCharacters).join(''),
    language: entry.language,
    country: entry.country,
    skills: entry.skills,
    urgency: entry.urgency,
    status,
    day,
    until,
    author,
    authorName,
    stars: trust?.stars.get(author)?.stars ?? null,
    mine: isMine,
    saved: saved.has(address),
    delivery: isMine ? (waiting.get(address) ?? 'on-relay') : null,
    matches: helper === null || isMine ? [] : matchReasons(entry, helper),
  };
}

/** Why an entry suits a helper. */
function matchReasons(entry: EntryContent, helper: MatchProfile): readonly MatchReason[] {
  const skills = entry.skills.filter((skill) => helper.skills.includes(skill));
  return [
    ...skills.map((skill) => ({ kind: 'skill', skill }) as const),
    ...(helper.languages.includes(entry.language)
      ? [{ kind: 'language', language: entry.language } as const]
      : []),
    ...(helper.countries.includes(entry.country)
      ? [{ kind: 'country', country: entry.country } as const]
      : []),
  ];
}
