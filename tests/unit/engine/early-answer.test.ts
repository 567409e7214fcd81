import { describe, expect, it } from 'vitest';
import {
  createEarlyMemory,
  earlyTurn,
  putEarlyAnswer,
  takeEarlyAnswer,
} from '#engine/early-answer.ts';

const question = { text: 'مترجم', offset: 0 };
const asked = JSON.stringify(question);

describe('An answer in shared memory', () => {
  it('is taken by who asked that question, as it was put there', () => {
    const memory = createEarlyMemory();
    const since = earlyTurn(memory);
    expect(takeEarlyAnswer(memory, asked, since)).toBeUndefined();
    const answer = { total: 2, rows: [{ title: 'ترجمان', country: '' }, { title: '翻訳' }] };
    putEarlyAnswer(memory, question, answer);
    expect(takeEarlyAnswer(memory, asked, since)).toEqual(answer);
    expect(takeEarlyAnswer(memory, JSON.stringify({ text: 'm' }), since)).toBeUndefined();
  });

  it('is not taken by who asked after it was put there', () => {
    const memory = createEarlyMemory();
    putEarlyAnswer(memory, question, 'before');
    const since = earlyTurn(memory);
    expect(takeEarlyAnswer(memory, asked, since)).toBeUndefined();
    putEarlyAnswer(memory, question, 'after');
    expect(takeEarlyAnswer(memory, asked, since)).toBe('after');
  });

  it('is not taken while another is being put there, nor by who asked meanwhile', () => {
    const memory = createEarlyMemory();
    const since = earlyTurn(memory);
    putEarlyAnswer(memory, question, 'whole');
    const head = new Int32Array(memory, 0, 1);
    Atomics.add(head, 0, 1);
    expect(takeEarlyAnswer(memory, asked, since)).toBeUndefined();
    const meanwhile = earlyTurn(memory);
    Atomics.add(head, 0, 1);
    expect(takeEarlyAnswer(memory, asked, meanwhile)).toBeUndefined();
    putEarlyAnswer(memory, question, 'next');
    expect(takeEarlyAnswer(memory, asked, meanwhile)).toBe('next');
  });

  it('stays away when it is too long, and the one before stands', () => {
    const memory = createEarlyMemory();
    const since = earlyTurn(memory);
    putEarlyAnswer(memory, question, 'short');
    putEarlyAnswer(memory, question, 'x'.repeat(65_536));
    expect(takeEarlyAnswer(memory, asked, since)).toBe('short');
  });
});
