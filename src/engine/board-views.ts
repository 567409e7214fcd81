import type { EntryContent } from '#core/records/entry.ts';
import type { RecordAddressText } from '#core/types/ids.ts';
import { personaText } from './addresses.ts';
import type {
  BoardPage,
  BoardQuery,
  BoardRow,
  MatchProfile,
  MatchReason,
} from './api/board-calls.ts';
import type { DeliveryState } from './api/delivery-state.ts';
import type { WholeEntry } from './board-index.ts';
import { matchProfileOf, toColumnQuery } from './board-terms-query.ts';
import type { EngineContext } from './engine-context.ts';
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
    hasStewards: trust?.hasStewards ?? false,
    ...board.facets(),
  };
}

/** What only the open vault knows of rows. */
export interface PrivateFacts {
  readonly mine: ReadonlySet<string>;
  readonly saved: ReadonlySet<string>;
  readonly helper: MatchProfile | null;
  readonly waiting: ReadonlyMap<RecordAddressText, DeliveryState>;
}

/** Reads it, for a page of rows or for one. */
export async function privateFacts(context: EngineContext): Promise<PrivateFacts> {
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

/** An entry as the board's rows show it. */
export function toRow(
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
