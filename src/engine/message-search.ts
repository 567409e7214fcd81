import { foldForSearch } from '#core/records/search-text.ts';
import { ok } from '#core/types/result.ts';
import { personaText } from './addresses.ts';
import type { MessageHit } from './api/conversation-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { runUnlocked, type EngineContext } from './engine-context.ts';
import { isGone } from './message-lifetimes.ts';
import type { MessageValue } from './sealed-values.ts';

const wordEnds = /[\s\p{P}]+/u;
const maxHits = 100;
const excerptCharacters = 160;
/** So much stands before the hit in an excerpt. */
const leadCharacters = 40;

/** Messages that contain every word of the text, newest first, at most 100; nothing leaves the vault. */
export function searchMessages(
  context: EngineContext,
  text: string,
): Outcome<readonly MessageHit[]> {
  return runUnlocked(context, (vault) => {
    const words = foldForSearch(text)
      .split(wordEnds)
      .filter((word) => word !== '');
    if (words.length === 0) return Promise.resolve(ok([]));
    const hits = vault
      .all('message')
      .filter((message) => message.text !== '' && !isGone(context, message))
      .filter((message) => containsAll(message, words))
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, maxHits)
      .flatMap((message): readonly MessageHit[] => {
        const conversation = vault.get('conversation', message.conversation);
        if (conversation === undefined) return [];
        const peer = personaText(conversation.peer);
        const { id, atMs, fromMe } = message;
        const peerName = context.board.profileOf(peer)?.name ?? null;
        const excerpt = excerptAround(message.text, words);
        return [
          { conversation: conversation.id, message: id, peer, peerName, excerpt, atMs, fromMe },
        ];
      });
    return Promise.resolve(ok(hits));
  });
}

function containsAll({ text }: MessageValue, words: readonly string[]): boolean {
  const folded = foldForSearch(text);
  return words.every((word) => folded.includes(word));
}

/** At most 160 characters around the first word that is found, cut between characters as they are read. */
function excerptAround(text: string, words: readonly string[]): string {
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  const starts: number[] = [];
  let folded = '';
  for (const character of characters) {
    starts.push(folded.length);
    folded += foldForSearch(character);
  }
  const places = words.map((word) => folded.indexOf(word)).filter((place) => place >= 0);
  const first = Math.min(...places, folded.length);
  const hit = Math.max(
    0,
    starts.findLastIndex((start) => start <= first),
  );
  const isWhole = characters.length <= excerptCharacters || first === folded.length;
  const from = isWhole ? 0 : Math.max(0, hit - leadCharacters);
  let excerpt = '';
  for (const character of characters.slice(from)) {
    if (excerpt.length + character.length > excerptCharacters) break;
    excerpt += character;
  }
  return excerpt;
}
