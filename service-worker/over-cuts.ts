const firstPauseMs = 1_000;
/** Attempts in a row that bring nothing at all; the pauses between them come to some seven seconds. */
const mostFailures = 3;

/**
 * Tries until it works, or until again and again nothing at all comes: each attempt calls `gain`
 * when it has brought something. Rejects as the last attempt did.
 */
export async function overCuts<T>(attempt: (gain: () => void) => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(() => (failures = -1));
    } catch (error) {
      if (failures === mostFailures) throw error;
      await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** failures));
    }
  }
}
