import fastifyCors from '@fastify/cors';
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { blobCalls } from '../calls/blob-calls.ts';
import { boardCalls } from '../calls/board-calls.ts';
import type { Call } from '../calls/call.ts';
import { infoCall } from '../calls/info-call.ts';
import { liveCall } from '../calls/live-call.ts';
import { mailboxCalls } from '../calls/mailbox-calls.ts';
import { PagePayloads } from '../calls/page-payloads.ts';
import { queueCalls } from '../calls/queue-calls.ts';
import { reconcileCalls } from '../calls/reconcile-calls.ts';
import { recordCalls } from '../calls/record-calls.ts';
import { visitCall } from '../calls/visit-call.ts';
import type { RelayContext } from '../relay-context.ts';
import { CallError } from './errors.ts';

/** Browsers keep the answer to a preflight at most this long. */
const preflightSeconds = 86_400;
const minuteMs = 60_000;
const allMethods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every call of the relay interface, under /v1, open to every origin. */
export async function registerCalls(app: FastifyInstance, context: RelayContext): Promise<void> {
  const pages = new PagePayloads(context.workers);
  const calls: readonly Call[] = [
    infoCall(context),
    visitCall(context, pages),
    ...recordCalls(context),
    ...boardCalls(context, pages),
    ...reconcileCalls(context),
    ...queueCalls(context),
    ...mailboxCalls(context),
    ...blobCalls(context),
    liveCall(context),
  ];
  await app.register(
    async (v1) => {
      await v1.register(fastifyCors, {
        origin: '*',
        credentials: false,
        methods: ['GET', 'HEAD', 'POST', 'PUT'],
        allowedHeaders: ['content-type', 'range'],
        maxAge: preflightSeconds,
        strictPreflight: false,
      });
      await limitRate(v1, context);
      for (const call of calls) addCall(v1, call);
      refuseOtherMethods(v1, calls);
      refuseUnknownPaths(v1);
    },
    { prefix: '/v1' },
  );
}

async function limitRate(v1: FastifyInstance, context: RelayContext): Promise<void> {
  const { config, addressKeys } = context;
  if (config.callsPerMinute === 0) return;
  const silent = {
    'x-ratelimit-limit': false,
    'x-ratelimit-remaining': false,
    'x-ratelimit-reset': false,
  };
  await v1.register(fastifyRateLimit, {
    max: config.callsPerMinute,
    timeWindow: minuteMs,
    keyGenerator: (request) => addressKeys.keyOf(request.ip),
    errorResponseBuilder: (_request, { ttl }) =>
      new CallError('rate-limited', Math.max(1, Math.ceil(ttl / 1_000))),
    addHeaders: { ...silent, 'retry-after': false },
    addHeadersOnExceeding: silent,
  });
}

function addCall(v1: FastifyInstance, call: Call): void {
  const { method, path, maxBodyBytes, bodyType, answer } = call;
  v1.route({
    method,
    url: path,
    ...(maxBodyBytes === undefined ? {} : { bodyLimit: maxBodyBytes }),
    preParsing: async (request) => {
      const given = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (bodyType !== undefined && given !== bodyType) {
        throw new CallError('unsupported-media-type');
      }
    },
    handler: answer,
  });
}

function refuseOtherMethods(v1: FastifyInstance, calls: readonly Call[]): void {
  const methodsByPath = Map.groupBy(calls, ({ path }) => path);
  for (const [path, callsAtPath] of methodsByPath) {
    const taken: readonly string[] = callsAtPath.map(({ method }) => method);
    const allow = taken.includes('GET') ? [...taken, 'HEAD'] : taken;
    v1.route({
      method: allMethods.filter((method) => !taken.includes(method)),
      url: path,
      onRequest: async (_request, reply) => {
        void reply.header('allow', allow.join(', '));
        throw new CallError('method-not-allowed');
      },
      handler: async () => undefined,
    });
  }
}

/** Without this, the app's own wildcard would answer for what is no call. */
function refuseUnknownPaths(v1: FastifyInstance): void {
  v1.route({
    method: [...allMethods],
    url: '/*',
    onRequest: async () => {
      throw new CallError('not-found');
    },
    handler: async () => undefined,
  });
}
