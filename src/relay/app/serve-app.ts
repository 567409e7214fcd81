import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RelayOrigin } from '#core/types/ids.ts';
import { acceptedEncodings } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import { setAppHeaders } from '../http/security-headers.ts';
import type { AppFile, AppFiles } from './app-files.ts';
import { encodings, type Encoding } from './compressed.ts';
import { contentPolicyOf } from './content-policy.ts';

const shellPath = '/index.html';
const isAssetPath = /^\/_app\/|\.[A-Za-z0-9]+$/;
const immutableCaching = 'public, max-age=31536000, immutable';

/** Serves the app's files from memory, and its shell for every screen's address. */
export function serveApp(
  app: FastifyInstance,
  files: AppFiles,
  origins: readonly RelayOrigin[],
): void {
  const contentPolicy = contentPolicyOf(files, origins);
  app.get('/*', async (request, reply) => {
    const file = findFile(files, request);
    if (file === undefined) throw new CallError('not-found');
    setAppHeaders(reply, file.type, contentPolicy);
    return sendFile(file, request, reply);
  });
}

/** The shell answers navigations only: a missing asset must never be answered with HTML. */
function findFile(files: AppFiles, request: FastifyRequest): AppFile | undefined {
  const path = request.url.split(/[?#]/, 1)[0] ?? '/';
  const file = files.get(path);
  if (file !== undefined) return file;
  const isNavigation = (request.headers.accept ?? '').includes('text/html');
  return isNavigation && !isAssetPath.test(path) ? files.get(shellPath) : undefined;
}

function sendFile(file: AppFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const encoding = chooseEncoding(file, request);
  const etag = `"${file.hash}${encoding === undefined ? '' : encodings[encoding]}"`;
  void reply
    .type(file.type)
    .header('etag', etag)
    .header('vary', 'accept-encoding')
    .header('cache-control', file.immutable ? immutableCaching : 'no-cache');
  const known = String(request.headers['if-none-match'] ?? '');
  if (known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    return reply.code(304).send();
  }
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  return reply.send((encoding && file.encoded[encoding]) ?? file.bytes);
}

function chooseEncoding(file: AppFile, request: FastifyRequest): Encoding | undefined {
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  return (Object.keys(encodings) as Encoding[]).find(
    (encoding) => accepted.has(encoding) && file.encoded[encoding] !== undefined,
  );
}
