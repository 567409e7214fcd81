import type { FastifyInstance } from 'fastify';
import { CallError } from '../http/errors.ts';
import type { RelayContext } from '../relay-context.ts';

/** GET /healthz and GET /metrics, for whoever runs the relay. */
export function registerOperatorCalls(app: FastifyInstance, context: RelayContext): void {
  app.get('/healthz', async (_request, reply) => {
    // Reads from the log, so that a relay without its data is not well.
    await context.log.packs();
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send('ok\n');
  });
  app.get('/metrics', async (_request, reply) => {
    if (!context.config.metrics) throw new CallError('not-found');
    const text = context.metrics.describe(await context.log.sizes(), context.wakeUps.count);
    return reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(text);
  });
}
