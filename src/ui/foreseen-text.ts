/** What a keyboard is about to do to a text box, as its `beforeinput` event tells (Input Events Level 2). */
export interface ComingInput {
  readonly inputType: string;
  readonly data: string | null;
}

/** A text box before that. */
export interface TextBox {
  readonly value: string;
  readonly selectionStart: number | null;
  readonly selectionEnd: number | null;
}

/**
 * What a box will hold once letters are in it, or null where that cannot be told; `composed` is what
 * stands there of a word that an input method is still writing, as a phone's keyboard does with all.
 */
export function foreseenText(
  { value, selectionStart, selectionEnd }: TextBox,
  { inputType, data }: ComingInput,
  composed: string,
): string | null {
  if (data === null || selectionStart === null || selectionEnd === null) return null;
  const rest = value.slice(selectionEnd);
  if (inputType === 'insertText') return value.slice(0, selectionStart) + data + rest;
  const before = value.slice(0, selectionEnd);
  if (inputType !== 'insertCompositionText' || !before.endsWith(composed)) return null;
  return before.slice(0, before.length - composed.length) + data + rest;
}
