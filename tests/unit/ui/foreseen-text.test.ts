import { expect, test } from 'vitest';
import { foreseenText } from '#ui/foreseen-text.ts';

const box = (value: string, selectionStart = value.length, selectionEnd = selectionStart) => ({
  value,
  selectionStart,
  selectionEnd,
});
const letter = (data: string) => ({ inputType: 'insertText', data });
const composing = (data: string) => ({ inputType: 'insertCompositionText', data });

test('a letter comes where the caret is, over what is selected', () => {
  expect(foreseenText(box('film'), letter('e'), '')).toBe('filme');
  expect(foreseenText(box('film', 1), letter('e'), '')).toBe('feilm');
  expect(foreseenText(box('film', 1, 3), letter('e'), '')).toBe('fem');
});

test('a word that is being written is written over', () => {
  expect(foreseenText(box('a محا'), composing('محام'), 'محا')).toBe('a محام');
  expect(foreseenText(box('fil edit', 3), composing('film'), 'fil')).toBe('film edit');
});

test('a first letter of a word comes over what is selected', () => {
  expect(foreseenText(box('film', 1, 3), composing('e'), 'il')).toBe('fem');
  expect(foreseenText(box('film '), composing('e'), '')).toBe('film e');
});

test('where the caret is not at the end of the word that is being written, nothing is told', () => {
  expect(foreseenText(box('film', 2), composing('films'), 'film')).toBeNull();
});

test('nothing is told of what takes away, nor of a box without a caret', () => {
  const taking = { inputType: 'deleteContentBackward', data: null };
  expect(foreseenText(box('film'), taking, '')).toBeNull();
  const odd = { value: 'film', selectionStart: null, selectionEnd: null };
  expect(foreseenText(odd, letter('e'), '')).toBeNull();
});
