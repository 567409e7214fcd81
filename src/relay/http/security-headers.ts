import type { FastifyReply } from 'fastify';
import type { RelayOrigin } from '#core/types/ids.ts';
import { cborSequenceType, cborType, packType } from '#sync/wire/media-type.ts';

/** A year; two would be needed only for preload lists, and a relay may move. */
const hstsSeconds = 31_536_000;

/** Features that nothing here uses; clipboard-write and web-share stay at their default. */
const deniedFeatures = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];
/** The camera reads the code of a contact, once the user has asked for it. */
const permissionsPolicy = ['camera=(self)', ...deniedFeatures.map((name) => `${name}=()`)].join(
  ', ',
);

/** Types that run or show as a document. */
const mayRun = /^text\/(?:html|javascript)|svg/;

/** Answers beside the app are data: nothing in them may run, show or be framed. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Headers that every answer has, whatever it is. */
export function setCommonHeaders(reply: FastifyReply, origins: readonly RelayOrigin[]): void {
  void reply
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('content-security-policy', dataPolicy);
  if (isHttps(origins)) {
    void reply.header('strict-transport-security', `max-age=${hstsSeconds}; includeSubDomains`);
  }
}

/**
 * What only documents, workers and embedded files heed. None of these types becomes one: the media
 * type is not to be sniffed, so they are downloaded where they are not fetched by a script, which
 * CORS lets read them. 181 bytes an answer, for ten new records one in fifteen.
 */
export const documentHeaders: readonly string[] = [
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
];
const barestTypes: readonly unknown[] = [cborType, cborSequenceType, packType];

/** Takes from an answer of plain data what says nothing there; HTTP/1.1 keeps connections of itself. */
export function trimDataHeaders(reply: FastifyReply): void {
  if (!barestTypes.includes(reply.getHeader('content-type'))) return;
  for (const name of documentHeaders) void reply.removeHeader(name);
  // Whatever is not stored is not told apart by what was asked for.
  if (reply.getHeader('cache-control') === 'no-store') void reply.removeHeader('vary');
  reply.raw.removeHeader('connection');
}

/**
 * Headers of the app's files. What only a document heeds is left out of the others: at 2 kB/s they
 * would cost a second for every two files. Workers need the policy themselves, a page's does not
 * cover them.
 */
export function setAppHeaders(reply: FastifyReply, type: string, contentPolicy: string): void {
  void reply
    .header('cross-origin-resource-policy', 'same-origin')
    .header('cross-origin-embedder-policy', 'require-corp');
  if (mayRun.test(type)) void reply.header('content-security-policy', contentPolicy);
  if (type.startsWith('text/html')) {
    void reply
      .header('permissions-policy', permissionsPolicy)
      .header('cross-origin-opener-policy', 'same-origin');
  }
}

/** Whether every configured origin is reached through TLS. */
export function isHttps(origins: readonly RelayOrigin[]): boolean {
  return origins.length > 0 && origins.every((origin) => origin.startsWith('https://'));
}
