import { recordVerdicts, type RecordVerdict, type RelayErrorCode } from './wire/codes.ts';

/** What becomes of an outbox row: sent, tried again, tried a few times more, or refused for good. */
export type Fate = 'done' | 'later' | 'hardly' | 'never';

const fateOfVerdict: Readonly<Record<RecordVerdict, Fate>> = {
  accepted: 'done',
  known: 'done',
  stale: 'done',
  malformed: 'never',
  'unknown-kind': 'hardly',
  'bad-signature': 'never',
  'from-the-future': 'later',
  expired: 'never',
  'unpublishable-text': 'never',
  'rate-limited': 'later',
  'not-a-steward': 'never',
};

/** What a relay's verdict on one published record means for its row. */
export function judgeVerdict(code: number): Fate {
  const names = Object.keys(recordVerdicts) as RecordVerdict[];
  const verdict = names.find((name) => recordVerdicts[name] === code);
  return verdict === undefined ? 'hardly' : fateOfVerdict[verdict];
}

/** What a refused call means for its row. */
export function judgeRefusal(reason: RelayErrorCode | 'unknown'): Fate {
  switch (reason) {
    case 'rate-limited':
    case 'queue-full':
    case 'overloaded':
    case 'internal':
      return 'later';
    case 'malformed':
    case 'too-large':
    case 'unsupported-media-type':
    case 'method-not-allowed':
      return 'never';
    default:
      return 'hardly';
  }
}
