import { encodeCbor } from '#core/codec/cbor.ts';
import { boardAlone, type WakeUp } from './wake-ups.ts';

/** A wake-up as a poll is answered, and as a stream carries it. */
export interface WakeUpBytes {
  /** CBOR, each byte as a character: a head that is text takes it along in one write. */
  readonly latin1: string;
  /** The same as a chunk (RFC 9112, section 7.1), in one piece. */
  readonly chunk: Buffer;
}

/** The bytes of a wake-up; those that all share are made once. */
export function wakeUpBytes(wakeUp: WakeUp): WakeUpBytes {
  return wakeUp === boardAlone ? bytesOfBoard : encodeWakeUp(wakeUp);
}

const bytesOfBoard = encodeWakeUp(boardAlone);

function encodeWakeUp({ board, queues }: WakeUp): WakeUpBytes {
  const latin1 = Buffer.from(encodeCbor([board, queues])).toString('latin1');
  const chunk = Buffer.from(`${latin1.length.toString(16)}\r\n${latin1}\r\n`, 'latin1');
  return { latin1, chunk };
}
