/** Writes one line of JSON for an event; fields never hold an address, an id, a parameter or a user agent. */
export type LogLine = (fields: Readonly<Record<string, string | number>>) => void;

const flushMs = 200;

/** Gathers lines and writes them a few times a second, so that a busy relay is not slowed by its log. */
export function createLogLine(write: (text: string) => void): LogLine & { flush(): void } {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === '') return;
    write(waiting);
    waiting = '';
  };
  const line: LogLine = (fields) => {
    waiting += `${JSON.stringify(fields)}\n`;
    timer ??= setTimeout(flush, flushMs).unref();
  };
  return Object.assign(line, { flush });
}
