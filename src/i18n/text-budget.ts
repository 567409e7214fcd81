/** What a text may take: `characters` counts as the reader counts letters, `bytes` is UTF-8. */
export interface TextLimits {
  readonly characters?: number;
  readonly bytes: number;
}

export interface TextBudget {
  /** Letters that still fit, in the script of the text; negative when it is too long. */
  readonly left: number;
  readonly fits: boolean;
  /** Whether little is left, so that the writer should be told. */
  readonly low: boolean;
}

const encoder = new TextEncoder();
const usualBytesPerLetter = 1;

/** Length of a text in UTF-8 bytes. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/**
 * Counts down in the writer's own script: a limit in bytes is told as letters of the kind that the
 * text is written in (protocol.md, "Records": 4,000 characters and 6,144 bytes).
 */
export function textBudget(text: string, limits: TextLimits): TextBudget {
  const letters = [...text].length;
  const bytes = utf8Length(text);
  const bytesPerLetter = letters === 0 ? usualBytesPerLetter : bytes / letters;
  const leftByBytes = Math.trunc((limits.bytes - bytes) / bytesPerLetter);
  const leftByLetters = (limits.characters ?? Infinity) - letters;
  const left = Math.min(leftByBytes, leftByLetters);
  const fits = bytes <= limits.bytes && leftByLetters >= 0;
  const whole = letters + left;
  return { left: fits ? left : Math.min(left, -1), fits, low: left < whole / 5 };
}
