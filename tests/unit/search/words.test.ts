import { describe, expect, it } from 'vitest';
import { createBits, findDocuments, hasBit, PostingsBuilder } from '#core/search/postings.ts';
import { mergePostings } from '#core/search/merge-postings.ts';
import { indexWords, pairsOf, queryWords, type Segment } from '#core/search/words.ts';

function finds(text: string, query: string, segment?: Segment): boolean {
  const builder = new PostingsBuilder();
  builder.add(0, indexWords(text, segment));
  return hasBit(findDocuments(builder.finish(), 1, queryWords(query, segment)), 0);
}

describe('search in any script', () => {
  it.each([
    ['case and accents', 'Ein Anwalt in Zürich, Straße', 'ZURICH strasse'],
    ['Turkish letters', 'İstanbul’da ışık', 'istanbul isik'],
    ['Vietnamese tones', 'cần một luật sư', 'luat su'],
    ['Greek final sigma', 'ένας δικηγόρος', 'ΔΙΚΗΓΟΡΟΣ'],
    ['Cyrillic', 'Нужен ещё один адвокат', 'еще адвокат'],
    ['harakat and tatweel', 'مُحَامٍ عـــاجل', 'محام عاجل'],
    ['forms of alef, ya and ta marbuta', 'إلى الإنجليزية أحمد', 'الي انجليزيه احمد'],
    ['Persian letters and joiners', 'می‌خواهم کمک', 'ميخواهم كمك'],
    ['the Arabic article', 'أبحث عن المحامي وبالترجمة', 'محامي ترجمة'],
    ['Arabic and Persian digits', 'غرفة ٤٢ و ۱۷', '42 17'],
    ['Devanagari vowel signs kept apart', 'मुझे वकील चाहिए', 'वकील'],
    ['Hangul while it is typed', '변호사가 필요합니다', '변호'],
    ['Amharic', 'ጠበቃ እፈልጋለሁ።', 'ጠበቃ'],
    ['Chinese', '我需要一位人权律师帮助', '律师'],
    ['Japanese', '人権の弁護士を探しています', '弁護士'],
    ['Thai', 'ต้องการทนายความด้านสิทธิมนุษยชน', 'ทนายความ'],
    ['Burmese', 'ကျွန်တော် ရှေ့နေ လိုအပ်ပါတယ်', 'ရှေ့နေ'],
    ['Khmer', 'ខ្ញុំត្រូវការមេធាវី', 'មេធាវី'],
  ])('finds by %s', (_, text, query) => {
    expect(finds(text, query)).toBe(true);
  });

  it('does not take vowel signs of Indic scripts for accents', () => {
    expect(finds('कल', 'किल')).toBe(false);
    expect(finds('किल', 'कल ')).toBe(false);
  });

  it('finds by pairs of characters where the browser knows no words', () => {
    expect(finds('我需要一位人权律师帮助', '律师', pairsOf)).toBe(true);
    expect(finds('我需要一位人权律师帮助', '人权律师', pairsOf)).toBe(true);
    expect(finds('我需要一位人权律师帮助', '律人', pairsOf)).toBe(false);
  });

  it('takes the last word for a beginning until a space follows it, and every other one whole', () => {
    expect(finds('translation of letters', 'letters trans')).toBe(true);
    expect(finds('translation of letters', 'trans letters')).toBe(false);
    expect(finds('translation of letters', 'letters trans ')).toBe(false);
  });

  it('wants every word', () => {
    expect(finds('translation of letters', 'translation camera')).toBe(false);
  });
});

describe('merging words of segments', () => {
  it('finds in the whole what was found in the parts, without what has left', () => {
    const texts = ['camera film', 'film law', 'law camera', 'film'];
    const parts = [texts.slice(0, 2), texts.slice(2)].map((part, number) => {
      const builder = new PostingsBuilder();
      for (const [document, text] of part.entries()) builder.add(document, indexWords(text));
      // The whole is in another order, and the second text leaves it.
      const newNumbers = Int32Array.from(number === 0 ? [2, -1] : [0, 1]);
      return { postings: builder.finish(), newNumbers };
    });
    const work = mergePostings(parts);
    let step = work.next();
    while (step.done !== true) step = work.next();
    const found = (query: string) => {
      const bits = findDocuments(
        step.value ?? new PostingsBuilder().finish(),
        3,
        queryWords(query),
      );
      return [0, 1, 2].filter((document) => hasBit(bits, document));
    };
    expect(found('camera ')).toEqual([0, 2]);
    expect(found('film ')).toEqual([1, 2]);
    expect(found('law ')).toEqual([0]);
    expect(createBits(33)).toHaveLength(2);
  });
});
