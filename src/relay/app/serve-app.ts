import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RelayOrigin } from '#core/types/ids.ts';
import { acceptedEncodings } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import { setAppHeaders } from '../http/security-headers.ts';
import type { AppFile, AppFiles, AppForm } from './app-files.ts';
import { encodings, type Encoding } from './compressed.ts';
import { contentPolicyOf } from './content-policy.ts';
import { sendForm } from './send-form.ts';

const shellPath = '/index.html';
const isAssetPath = /^\/_app\/|\.[A-Za-z0-9]+$/;
const immutableCaching = 'public, max-age=31536000, immutable';
/** A file that a client decompresses itself, because browsers ask for no ranges of coded answers. */
const packedSuffix = '.gz';
const packedType = 'application/gzip';

/** Serves the app's files from memory, and its shell for every screen's address. */
export function serveApp(
  app: FastifyInstance,
  files: AppFiles,
  origins: readonly RelayOrigin[],
): void {
  const contentPolicy = contentPolicyOf(files, origins);
  app.get('/*', async (request, reply) => {
    const path = request.url.split(/[?#]/, 1)[0] ?? '/';
    const file = findFile(files, path, request);
    if (file !== undefined) {
      setAppHeaders(reply, file.type, contentPolicy);
      return sendFile(file, request, reply);
    }
    const packed = findPacked(files, path);
    if (packed === undefined || packed.packed === null) throw new CallError('not-found');
    setAppHeaders(reply, packed.type, contentPolicy);
    return sendPacked(packed.packed, request, reply);
  });
}

/** The shell answers navigations only: a missing asset must never be answered with HTML. */
function findFile(files: AppFiles, path: string, request: FastifyRequest): AppFile | undefined {
  const file = files.get(path);
  if (file !== undefined) return file;
  const isNavigation = (request.headers.accept ?? '').includes('text/html');
  return isNavigation && !isAssetPath.test(path) ? files.get(shellPath) : undefined;
}

/** The file whose gzip form has that path. */
function findPacked(files: AppFiles, path: string): AppFile | undefined {
  if (!path.endsWith(packedSuffix)) return undefined;
  return files.get(path.slice(0, -packedSuffix.length));
}

function sendFile(file: AppFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const encoding = chooseEncoding(file, request);
  const form = (encoding && file.encoded[encoding]) ?? file.plain;
  void reply
    .type(file.type)
    .header('vary', 'accept-encoding')
    .header('cache-control', file.immutable ? immutableCaching : 'no-cache');
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  return sendForm(form, request, reply);
}

/** Bytes as they are: no proxy shall compress them again, or ranges of them mean nothing. */
function sendPacked(form: AppForm, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.type(packedType).header('cache-control', `${immutableCaching}, no-transform`);
  return sendForm(form, request, reply);
}

function chooseEncoding(file: AppFile, request: FastifyRequest): Encoding | undefined {
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  return (Object.keys(encodings) as Encoding[]).find(
    (encoding) => accepted.has(encoding) && file.encoded[encoding] !== undefined,
  );
}
