import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { RelayErrorCode } from '#sync/wire/codes.ts';
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import { LogClosedError } from '../sqlite/group-commit.ts';
import { OverloadedError } from '../workers/worker-pool.ts';
import { CallError, errorBody, sendError } from './errors.ts';
import type { LogLine } from './access-log.ts';

/** Time for a request's head, against those who send it byte by byte. */
const headersTimeoutMs = 20_000;
/** Time for a whole request: the largest post at 8 kB/s, an ordinary one at far less. */
const requestTimeoutMs = 120_000;
/** A connection on which nothing moves; long polls answer after 55 s, streams beat every 20 s. */
const idleTimeoutMs = 120_000;
const keepAliveMs = 60_000;
const checkConnectionsMs = 5_000;
const maxHeaderBytes = 16_384;
const retrySeconds = 5;

/** What the server needs from its surroundings. */
export interface ServerSettings {
  readonly connections: number;
  readonly trustProxy: boolean;
  readonly logLine: LogLine;
}

/** An HTTP server without routes, whose every refusal is CBOR and says nothing of its insides. */
export function createServer({
  connections,
  trustProxy,
  logLine,
}: ServerSettings): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: trustProxy ? 'loopback' : false,
    bodyLimit: 1,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: idleTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 200 },
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: checkConnectionsMs,
      maxHeaderSize: maxHeaderBytes,
    },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      sendError(reply, new CallError('malformed'));
    },
  });
  app.server.maxConnections = connections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([cborType, cborSequenceType], { parseAs: 'buffer' }, (_, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = toCallError(error);
    if (refusal.code === 'internal') {
      // The name of a fault is safe to log; its message may quote what was sent.
      const name = error instanceof Error ? error.name : 'unknown';
      logLine({ event: 'fault', route: request.routeOptions.url ?? 'none', name });
    }
    return sendError(reply, refusal);
  });
  app.setNotFoundHandler((_request, reply) => sendError(reply, new CallError('not-found')));
  return app;
}

const codeByStatus: Readonly<Record<number, RelayErrorCode>> = {
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
};

function toCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  if (error instanceof OverloadedError || error instanceof LogClosedError) {
    return new CallError('overloaded', retrySeconds);
  }
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  if (typeof status !== 'number' || status >= 500) return new CallError('internal');
  return new CallError(codeByStatus[status] ?? 'malformed');
}

/** Answers what is no HTTP at all, or comes too slowly; there is no request yet to reply to. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const statusByCode: Readonly<Record<string, number>> = {
    ERR_HTTP_REQUEST_TIMEOUT: 408,
    HPE_HEADER_OVERFLOW: 431,
  };
  const status = statusByCode[error.code ?? ''] ?? 400;
  const body = errorBody(new CallError('malformed'));
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: ${cborType}\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n`,
  );
  socket.end(body);
}
