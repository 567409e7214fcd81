import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldForSearch } from '#core/records/search-text.ts';
import { createBits, findDocuments, forEachDocument, nextBit } from '#core/search/postings.ts';
import { PostingsBuilder } from '#core/search/postings-builder.ts';
import { mergePostings } from '#core/search/merge-postings.ts';
import {
  createCutRuns,
  forEachIndexWord,
  pairsOf,
  queryWords,
  wordsOf,
  type CutRuns,
} from '#core/search/words.ts';
import { createDice, pick } from '../../support/dice.ts';

const termsSecret = 0x5eed;

function addWords(builder: PostingsBuilder, document: number, words: readonly string[]): void {
  builder.begin(document);
  for (const word of words) {
    const units = Uint16Array.from({ length: word.length }, (_, at) => word.charCodeAt(at));
    builder.addWord(units, units.length);
  }
}

function finds(text: string, query: string, cut?: CutRuns): boolean {
  const builder = new PostingsBuilder(termsSecret);
  const begin = (text: number) => {
    builder.begin(text);
  };
  forEachIndexWord([text], begin, builder.addWord, cut);
  return nextBit(findDocuments(builder.finish(), 1, queryWords(query, cut)), 0) === 0;
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

  it('finds whatever stands in a Chinese or Japanese text, wherever a dictionary would cut it', () => {
    expect(finds('人人有权利', '权利')).toBe(true);
    expect(finds('发展中国家的人民', '中国 ')).toBe(true);
    const run = fc.string({
      unit: fc.constantFrom(...'人权利有国家中律师カメラを探す'),
      minLength: 1,
    });
    const given = run.chain((text) => {
      const place = fc.nat({ max: text.length - 1 });
      return fc.tuple(fc.constant(text), place, fc.integer({ min: 1, max: 12 }), fc.boolean());
    });
    fc.assert(
      fc.property(given, ([text, from, length, isTyped]) => {
        const query = text.slice(from, from + length) + (isTyped ? '' : ' ');
        expect(finds(`a letter ${text}, 42`, query)).toBe(true);
      }),
    );
  });

  it('finds no pair of characters that stands in no text', () => {
    expect(finds('我需要一位人权律师帮助', '律人')).toBe(false);
    expect(finds('人，权', '人权')).toBe(false);
    expect(finds('我需要一位人权律师帮助', '家')).toBe(false);
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

describe('several texts at a time', () => {
  const piece = fc.oneof(
    fc.constantFrom('我需要一位', '人权律师', 'ต้องการ', 'ทนายความ', 'ရှေ့နေ', 'မေတ္တာ', 'カメラ'),
    fc.constantFrom('a film', ' ', '\n', '。', 'المحامي', '42', ''),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it.each([
    ['the browser’s dictionaries', undefined],
    ['pairs', pairsOf],
  ])('have the words that each has by itself, by %s', (_, cut) => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const found: string[][] = [];
        const take = (units: Uint16Array, length: number) =>
          found.at(-1)?.push(String.fromCharCode(...units.subarray(0, length)));
        forEachIndexWord(texts, (number) => (found[number] = []), take, cut);
        const alone: string[][] = [];
        for (const one of texts) {
          const begin = () => alone.push([]);
          const takeAlone = (units: Uint16Array, length: number) =>
            alone.at(-1)?.push(String.fromCharCode(...units.subarray(0, length)));
          forEachIndexWord([one], begin, takeAlone, cut);
        }
        expect(found).toEqual(alone);
      }),
      { numRuns: 300 },
    );
  });

  it('cut each run as if nothing stood beside it', () => {
    const runs = [
      '我需要一位人权律师帮助',
      'ต้องการทนายความ',
      'ကျွန်တော်ရှေ့နေလိုအပ်ပါတယ်',
      '人',
      '弁護士を探す',
    ];
    const cut = createCutRuns();
    expect(cut(runs)).toEqual(runs.flatMap((run) => cut([run])));
  });
});

describe('folding a letter at a time', () => {
  it('comes to what folding whole words comes to, whatever they are made of', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'aİIıßΣςéÉoʼeńعــلىلِمं가힣½ﬁﾊﾞ̀̊̈'), maxLength: 60 }),
      // Two marks that stay, in an order that folding turns round.
      fc.string({ unit: fc.constantFrom(...'क\u094D\u093C'), maxLength: 6 }),
      fc.string({ unit: fc.constantFrom(...'aÉعى\u0640'), minLength: 30, maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const text = pieces.join(' ').toWellFormed();
        const whole = text
          .split(/[^\p{L}\p{N}\p{M}\p{Cf}\u{10000}-\u{10FFFF}]+/u)
          .flatMap((word) => foldForSearch(word).split(/[^\p{L}\p{N}\p{M}]+/u))
          .filter((word) => word !== '')
          .map((word) => word.slice(0, 40));
        const spaceless =
          /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30FC]/u;
        fc.pre(!spaceless.test(text));
        expect(wordsOf(text)).toEqual(whole);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the words of documents', () => {
  it('lie in the order of their code units, each once, in UTF-8', () => {
    const unit = fc.oneof(fc.constantFrom('a', 'b', 'é', '人', '\uFF21', '\u{10428}', '\uD801'));
    const word = fc.string({ unit, minLength: 1, maxLength: 4 });
    const documents = fc.array(fc.array(word, { maxLength: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(documents, (texts) => {
        const builder = new PostingsBuilder(termsSecret);
        for (const [document, words] of texts.entries()) addWords(builder, document, words);
        const { terms, termEnds, ...lists } = builder.finish();
        const sorted = [...new Set(texts.flat())].sort();
        expect(terms).toEqual(
          new TextEncoder().encode(sorted.map((word) => word.toWellFormed()).join('')),
        );
        expect(termEnds).toHaveLength(sorted.length);
        const found: number[][] = sorted.map(() => []);
        for (const [place, list] of found.entries()) {
          forEachDocument({ terms, termEnds, ...lists }, place, (document) => list.push(document));
        }
        const having = (word: string) =>
          texts.flatMap((words, at) => (words.includes(word) ? [at] : []));
        expect(found).toEqual(sorted.map(having));
      }),
      { numRuns: 300 },
    );
  });

  it('are told apart by the tens of thousands', () => {
    const words = Array.from({ length: 20_000 }, (_, number) => `${number.toString(36)}ж${number}`);
    const builder = new PostingsBuilder(termsSecret);
    for (const document of [0, 1]) addWords(builder, document, words);
    const { terms, termEnds } = builder.finish();
    expect(termEnds).toHaveLength(words.length);
    expect(new TextDecoder().decode(terms) === words.sort().join('')).toBe(true);
  });
});

describe('searching the words of documents', () => {
  it('finds those that have every word, as looking at each of them does', () => {
    const word = fc.constantFrom('camera', 'film', 'law', 'rare');
    const noWords = Array.from({ length: 62 }, () => []);
    const documents = fc.array(fc.array(word, { maxLength: 3 }), { maxLength: 300 });
    fc.assert(
      fc.property(documents, fc.array(word, { minLength: 1, maxLength: 3 }), (texts, wanted) => {
        const builder = new PostingsBuilder(termsSecret);
        for (const [document, words] of texts.entries()) addWords(builder, document, words);
        const bits = findDocuments(
          builder.finish(),
          texts.length,
          queryWords(`${wanted.join(' ')} `),
        );
        const found: number[] = [];
        for (let at = nextBit(bits, 0); at < texts.length; at = nextBit(bits, at + 1)) {
          found.push(at);
        }
        const having = texts.flatMap((words, at) =>
          wanted.every((one) => words.includes(one)) ? [at] : [],
        );
        expect(found).toEqual(having);
      }),
      {
        numRuns: 300,
        examples: [
          [
            [['camera'], ['law'], ...noWords],
            ['camera', 'law'],
          ],
        ],
      },
    );
  });
});

describe('merging words of segments', () => {
  it('finds in the whole what was found in the parts, without what has left', () => {
    const texts = ['camera film', 'film law', 'law camera', 'film'];
    const parts = [texts.slice(0, 2), texts.slice(2)].map((part, number) => {
      const builder = new PostingsBuilder(termsSecret);
      for (const [document, text] of part.entries()) addWords(builder, document, text.split(' '));
      // The whole is in another order, and the second text leaves it.
      const newNumbers = Int32Array.from(number === 0 ? [2, -1] : [0, 1]);
      return { postings: builder.finish(), newNumbers };
    });
    const work = mergePostings(parts);
    let step = work.next();
    while (step.done !== true) step = work.next();
    const found = (query: string) => {
      const bits = findDocuments(
        step.value ?? new PostingsBuilder(termsSecret).finish(),
        3,
        queryWords(query),
      );
      return [0, 1, 2].filter((document) => nextBit(bits, document) === document);
    };
    expect(found('camera ')).toEqual([0, 2]);
    expect(found('film ')).toEqual([1, 2]);
    expect(found('law ')).toEqual([0]);
    expect(createBits(33)).toHaveLength(2);
  });

  it('writes the bytes that the texts themselves would have given, in any script', () => {
    // The last two sort one way by code units and the other by bytes.
    const pool = ['a', 'ab', 'abc', 'é', 'слово', 'كلمة', '人权', 'ꯍ', '\u{1F600}x', '\uFF21x'];
    const dice = createDice(7);
    const texts = Array.from({ length: 60 }, () =>
      Array.from({ length: 6 }, () => `${pick(dice, pool)}${Math.floor(dice() * 30)}`),
    );
    const order = texts.map((_, number) => number).sort(() => dice() - 0.5);
    const builders = [0, 1, 2].map(() => new PostingsBuilder(termsSecret));
    const newNumbers = [0, 1, 2].map(() => new Int32Array(20));
    const whole = new PostingsBuilder(termsSecret);
    for (const [newNumber, old] of order.entries()) addWords(whole, newNumber, texts[old] ?? []);
    for (const [old, words] of texts.entries()) {
      const part = Math.floor(old / 20);
      if (builders[part] !== undefined) addWords(builders[part], old % 20, words);
      newNumbers[part]?.set([order.indexOf(old)], old % 20);
    }
    const work = mergePostings(
      builders.map((builder, part) => ({
        postings: builder.finish(),
        newNumbers: newNumbers[part] ?? new Int32Array(0),
      })),
    );
    let step = work.next();
    while (step.done !== true) step = work.next();
    expect(step.value).toEqual(whole.finish());
    const terms = new Set(texts.flat());
    expect(whole.finish().termEnds).toHaveLength(terms.size);
  });
});
