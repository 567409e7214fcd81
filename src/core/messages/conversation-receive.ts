import { equalBytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { nothingHappened, takePayload, type MessageOutcome } from './conversation-payload.ts';
import {
  forgetExpired,
  isSameSession,
  replaceSession,
  type ConversationSession,
  type ConversationState,
} from './conversation-state.ts';
import {
  firstType,
  splitEnvelope,
  splitPrologue,
  type EnvelopeParts,
  type NotAnEnvelope,
} from './envelope.ts';
import { markOf } from './first-message-mark.ts';
import { isSameKey } from './key-schedule.ts';
import { decodePayload, type MalformedPayload } from './payload.ts';
import { openEnvelope, type Opened, type OpenRefused } from './ratchet-open.ts';
import type { RatchetDeps } from './ratchet-seal.ts';
import type { SessionState } from './session.ts';

/** Why an envelope was not taken; the conversation is as it was. */
export type ReceiveRefused =
  | NotAnEnvelope
  | OpenRefused
  | MalformedPayload
  /** A first message that this conversation has not joined: acceptFirstMessage, then join. */
  | { readonly code: 'unknown-first-message' };

/** What an envelope changed and brought. */
export interface Received {
  readonly state: ConversationState;
  readonly outcome: MessageOutcome;
}

/** Opens an envelope on whichever session it belongs to; copies are outcomes, not errors. */
export function receiveEnvelope(
  deps: RatchetDeps,
  before: ConversationState,
  envelope: Uint8Array,
  day: Day,
): Result<Received, ReceiveRefused> {
  const parts = splitEnvelope(envelope);
  if (!parts.ok) return parts;
  const state = forgetExpired(before, day);
  const candidates = sessionsFor(state, parts.value);
  if (candidates.length === 0) return fail({ code: unopenedCode(state, parts.value) });
  for (const entry of candidates) {
    const opened = openEnvelope(deps, entry.session, parts.value, day);
    if (opened.ok) return takeOpened(deps, state, entry, opened.value);
    if (opened.error.code === 'key-used') {
      return ok({ state, outcome: { ...nothingHappened, duplicate: true } });
    }
    if (opened.error.code === 'gap-too-large') return ok(askForStep(state, entry, 0));
    if (opened.error.code !== 'not-authentic') return opened;
  }
  return fail({ code: 'not-authentic' });
}

/** A known prologue goes to its session alone; a type 2 envelope names none, so each is tried. */
function sessionsFor(
  state: ConversationState,
  parts: EnvelopeParts,
): readonly ConversationSession[] {
  if (parts.type !== firstType) return state.sessions;
  const { ephemeral, kemCiphertext } = splitPrologue(parts.prefix);
  const mark = markOf(ephemeral, kemCiphertext);
  return state.sessions.filter(
    (entry) => entry.session.role === 'responder' && isSameSession(entry, mark),
  );
}

function unopenedCode(
  state: ConversationState,
  { prefix }: EnvelopeParts,
): 'not-authentic' | 'unknown-first-message' {
  const { ephemeral, kemCiphertext } = splitPrologue(prefix);
  const mark = markOf(ephemeral, kemCiphertext);
  const isKnown = state.marks.some((joined) => equalBytes(joined.mark, mark));
  return isKnown ? 'not-authentic' : 'unknown-first-message';
}

function takeOpened(
  { crypto }: RatchetDeps,
  state: ConversationState,
  entry: ConversationSession,
  opened: Opened,
): Result<Received, MalformedPayload> {
  const stepped = hasNewChain(entry.session, opened.session);
  const changed = {
    ...entry,
    session: opened.session,
    stepAsked: stepped ? false : entry.stepAsked,
  };
  if (opened.payload === null) return ok(askForStep(state, changed, opened.lostCount));
  const payload = decodePayload(opened.payload);
  crypto.wipe(opened.payload);
  if (!payload.ok) return payload;
  const taken = takePayload(state, changed, payload.value);
  return ok({ ...taken, outcome: { ...taken.outcome, lostCount: opened.lostCount } });
}

/** One step for each chain that ran ahead, and only where a step would be sent. */
function askForStep(
  state: ConversationState,
  entry: ConversationSession,
  lostCount: number,
): Received {
  const needsStep = !entry.stepAsked && entry.receivesOnlySince === null;
  return {
    state: replaceSession(state, { ...entry, stepAsked: true }),
    outcome: { ...nothingHappened, lostCount, needsStep },
  };
}

function hasNewChain(before: SessionState, after: SessionState): boolean {
  if (before.receiving === null || after.receiving === null) return true;
  return !isSameKey(before.receiving.headerKey, after.receiving.headerKey);
}
