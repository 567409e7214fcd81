import type { RelayInfo } from '#sync/wire/info.ts';
import { protocolVersion } from '#core/records/record.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { challengeAt } from '../challenge.ts';
import { sendPlainCbor } from '../http/answers.ts';
import type { RelayContext } from '../relay-context.ts';
import type { Call } from './call.ts';

const software = 'wallflower-relay/1';

/** GET /v1/info: what this relay is, asks and allows. */
export function infoCall(context: RelayContext): Call {
  return {
    method: 'GET',
    path: '/info',
    async answer(_request, reply) {
      return sendPlainCbor(reply, { ...composeInfo(context) });
    },
  };
}

/** What this relay is, asks and allows, now. */
export function composeInfo(context: RelayContext) {
  const { config, log, clock, origins, charter } = context;
  const time = clock();
  return {
    wallflower: [protocolVersion],
    software,
    origins: [...origins()],
    charter: charter?.author ?? null,
    demo: config.demo,
    time,
    epoch: log.epoch,
    challenge: challengeAt(context, time),
    stampPrice: config.stampPrice,
    limits: {
      recordsPerPost: wireLimits.recordsPerPost,
      recordsPerSince: wireLimits.recordsPerSince,
      queuesPerRead: wireLimits.queuesPerRead,
      envelopesPerQueue: config.queueEnvelopes,
      bytesPerQueue: config.queueBytes,
      bytesPerBlob: config.blobBytes,
    },
  } satisfies RelayInfo;
}

/** What every visit is told of it; without a charter it spends no byte on one. */
export function composeGreeting(context: RelayContext) {
  const { wallflower, epoch, challenge, time, stampPrice, demo, charter } = composeInfo(context);
  const greeting = [wallflower, epoch, challenge, time, stampPrice, demo];
  return charter === null ? greeting : [...greeting, charter];
}
