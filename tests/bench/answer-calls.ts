/** Answers what the page calls in this worker, by name; a fault goes back as its words. */
export function answerCalls(
  calls: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>,
): void {
  self.addEventListener(
    'message',
    ({ data }: MessageEvent<{ id: number; name: string; args: readonly unknown[] }>) => {
      const call = calls[data.name] as (...args: readonly unknown[]) => Promise<unknown>;
      void call(...data.args).then(
        (value) => {
          self.postMessage({ id: data.id, value });
        },
        (cause: unknown) => {
          self.postMessage({ id: data.id, error: wordsOf(cause) });
        },
      );
    },
  );
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message} ${cause.stack}` : String(cause);
}
