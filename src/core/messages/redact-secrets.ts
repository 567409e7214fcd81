const inspectHook = Symbol.for('nodejs.util.inspect.custom');
const redacted = (): string => '<redacted>';

/** Makes a value that holds keys print and serialize as `<redacted>`; its fields stay readable. */
export function redactSecrets<T extends object>(value: T): T {
  return Object.defineProperties(value, {
    toJSON: { value: redacted },
    [inspectHook]: { value: redacted },
  });
}
