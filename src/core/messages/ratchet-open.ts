import { concatBytes, type Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { AeadKey, LowOrderPoint, NotAuthentic } from '../types/ports.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { nonceBytes, type EnvelopeParts } from './envelope.ts';
import { openHeader, type RatchetHeader } from './header.ts';
import { chainStep, isSameKey, type ChainKey } from './key-schedule.ts';
import { unpad, type MalformedPadding } from './padding.ts';
import { exhaustedNumber, type RatchetDeps } from './ratchet-seal.ts';
import { startReceivingChain, startSendingChain } from './ratchet-step.ts';
import { redactSecrets } from './redact-secrets.ts';
import type { Chain, SessionState } from './session.ts';
import { wipeUnkept } from './session-secrets.ts';
import {
  addSkippedKeys,
  forgetOldKeys,
  maxSkippedPerMessage,
  removeSkippedKey,
  type SkippedKey,
} from './skipped-keys.ts';

/** Why an envelope was not opened; the session is as it was. */
export type OpenRefused =
  | NotAuthentic
  | LowOrderPoint
  | MalformedPadding
  /** The header is authentic, its message key is spent: a copy. */
  | { readonly code: 'key-used' }
  /** More than 256 messages of the current chain are missing before this one. */
  | { readonly code: 'gap-too-large' }
  | { readonly code: 'number-exhausted' };

/** What an envelope did to a session. */
export interface Opened {
  readonly session: SessionState;
  /**
   * The unpadded plaintext. Null when an authentic header opened a new chain more than 256
   * messages in: the step is taken so that both sides can go on, the message is lost.
   */
  readonly payload: Bytes | null;
  /** Messages of an abandoned chain that can no longer be opened. */
  readonly lostCount: number;
}

/** RatchetDecryptHE ("Decrypting messages"): skipped keys, then the current chain, then a new one. */
export function openEnvelope(
  deps: RatchetDeps,
  session: SessionState,
  parts: EnvelopeParts,
  day: Day,
): Result<Opened, OpenRefused> {
  const live = { ...session, skipped: forgetOldKeys(session.skipped, day) };
  const opening = new EnvelopeOpening(deps, live, parts, day);
  const opened = opening.trySkippedKeys() ?? opening.tryCurrentChain() ?? opening.tryNewChain();
  opening.wipeUnkept(opened?.ok === true ? opened.value.session : null);
  if (opened === null) return fail({ code: 'not-authentic' });
  if (!opened.ok) return opened;
  return ok({
    ...opened.value,
    session: redactSecrets({ ...opened.value.session, prologue: null }),
  });
}

type Attempt = Result<Opened, OpenRefused> | null;

/** One envelope against one session; each trial answers null when the header is not sealed for it. */
class EnvelopeOpening {
  readonly #deps: RatchetDeps;
  readonly #session: SessionState;
  readonly #parts: EnvelopeParts;
  readonly #day: Day;
  readonly #headerAd: Bytes;
  readonly #bodyAd: Bytes;
  /** Every key that was derived; what the session does not keep is wiped in the end. */
  readonly #derived: Bytes[] = [];

  constructor(deps: RatchetDeps, session: SessionState, parts: EnvelopeParts, day: Day) {
    this.#deps = deps;
    this.#session = session;
    this.#parts = parts;
    this.#day = day;
    this.#bodyAd = concatBytes(session.transcript, parts.prefix, parts.header);
    this.#headerAd = this.#bodyAd.subarray(0, -parts.header.length);
  }

  /** TrySkippedMessageKeysHE */
  trySkippedKeys(): Attempt {
    const { skipped, receiving } = this.#session;
    for (const { headerKey, keys } of skipped) {
      const header = this.#openHeader(headerKey);
      if (header === null) continue;
      const key = keys.find(({ number }) => number === header.number);
      if (key !== undefined) return this.#openWithSkippedKey(key);
      const isCurrent = receiving !== null && isSameKey(receiving.headerKey, headerKey);
      return isCurrent ? this.#openInCurrentChain(receiving, header) : fail({ code: 'key-used' });
    }
    return null;
  }

  tryCurrentChain(): Attempt {
    const { receiving } = this.#session;
    if (receiving === null) return null;
    const header = this.#openHeader(receiving.headerKey);
    return header === null ? null : this.#openInCurrentChain(receiving, header);
  }

  /** DHRatchetHE, in halves: a new key pair is drawn only after the body proved authentic. */
  tryNewChain(): Attempt {
    const header = this.#openHeader(this.#session.nextReceivingHeaderKey);
    if (header === null) return null;
    if (header.number === exhaustedNumber) return fail({ code: 'number-exhausted' });
    const { session: closed, lostCount } = this.#closeChain(header.previousCount);
    const stepped = startReceivingChain(this.#deps.crypto, closed, header.ratchetKey);
    if (!stepped.ok) return stepped;
    const { session, chain } = stepped.value;
    this.#derived.push(session.rootKey, chain.chainKey, session.nextReceivingHeaderKey);
    const opened: Result<Opened, OpenRefused> =
      header.number > maxSkippedPerMessage
        ? ok({ session, payload: null, lostCount })
        : this.#openInChain(session, chain, header.number);
    if (!opened.ok) return opened;
    const ready = startSendingChain(this.#deps, opened.value.session, header.ratchetKey);
    return ready.ok ? ok({ ...opened.value, session: ready.value, lostCount }) : ready;
  }

  wipeUnkept(session: SessionState | null): void {
    wipeUnkept(this.#deps.crypto, this.#derived, session);
  }

  #openHeader(key: AeadKey): RatchetHeader | null {
    return openHeader(this.#deps.crypto, key, this.#parts.header, this.#headerAd);
  }

  #openInCurrentChain(chain: Chain, header: RatchetHeader): Result<Opened, OpenRefused> {
    if (header.number === exhaustedNumber) return fail({ code: 'number-exhausted' });
    if (header.number < chain.number) return fail({ code: 'key-used' });
    if (header.number - chain.number > maxSkippedPerMessage) return fail({ code: 'gap-too-large' });
    return this.#openInChain(this.#session, chain, header.number);
  }

  #openInChain(session: SessionState, chain: Chain, number: number): Result<Opened, OpenRefused> {
    const passed = this.#passOver(chain, number);
    const { chainKey, messageKey } = this.#chainStep(passed.chain.chainKey);
    const payload = this.#openBody(messageKey);
    if (!payload.ok) return payload;
    return ok({
      session: {
        ...session,
        receiving: { ...passed.chain, chainKey, number: number + 1 },
        skipped: addSkippedKeys(session.skipped, chain.headerKey, passed.keys),
      },
      payload: payload.value,
      lostCount: 0,
    });
  }

  #openWithSkippedKey(key: SkippedKey): Result<Opened, OpenRefused> {
    const payload = this.#openBody(key.messageKey);
    if (!payload.ok) return payload;
    const skipped = removeSkippedKey(this.#session.skipped, key);
    return ok({ session: { ...this.#session, skipped }, payload: payload.value, lostCount: 0 });
  }

  /** SkipMessageKeysHE up to PN; a chain with a larger gap is abandoned underived. */
  #closeChain(previousCount: number): { session: SessionState; lostCount: number } {
    const session = this.#session;
    const chain = session.receiving;
    if (chain === null || previousCount <= chain.number) return { session, lostCount: 0 };
    const missing = previousCount - chain.number;
    if (missing > maxSkippedPerMessage) return { session, lostCount: missing };
    const { keys } = this.#passOver(chain, previousCount);
    const skipped = addSkippedKeys(session.skipped, chain.headerKey, keys);
    return { session: { ...session, skipped }, lostCount: 0 };
  }

  #openBody(messageKey: AeadKey): Result<Bytes, NotAuthentic | MalformedPadding> {
    const { body } = this.#parts;
    const padded = this.#deps.crypto.aeadOpen(
      messageKey,
      body.subarray(0, nonceBytes),
      body.subarray(nonceBytes),
      this.#bodyAd,
    );
    if (!padded.ok) return padded;
    const payload = unpad(padded.value);
    this.#deps.crypto.wipe(padded.value);
    return payload;
  }

  #passOver(
    chain: Chain,
    until: number,
  ): { readonly chain: Chain; readonly keys: readonly SkippedKey[] } {
    const keys: SkippedKey[] = [];
    let { chainKey } = chain;
    for (let number = chain.number; number < until; number++) {
      const step = this.#chainStep(chainKey);
      keys.push({ number, messageKey: step.messageKey, day: this.#day });
      chainKey = step.chainKey;
    }
    return { chain: { ...chain, chainKey, number: until }, keys };
  }

  #chainStep(chainKey: ChainKey): ReturnType<typeof chainStep> {
    const step = chainStep(this.#deps.crypto, chainKey);
    this.#derived.push(step.chainKey, step.messageKey);
    return step;
  }
}
