const inspectHook = Symbol.for('nodejs.util.inspect.custom');
const redacted = (): string => '<redacted>';
/** Inherited by every redacted value: defining the two on each costs more than sealing a message. */
const redacting = Object.freeze({ toJSON: redacted, [inspectHook]: redacted });

/** A copy of a value that holds keys, which prints and serializes as `<redacted>`; its fields stay readable. */
export function redactSecrets<T extends object>(value: T): T {
  return { __proto__: redacting, ...value };
}
