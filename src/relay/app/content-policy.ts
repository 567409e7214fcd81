import { createHash } from 'node:crypto';
import type { RelayOrigin } from '#core/types/ids.ts';
import { isHttps } from '../http/security-headers.ts';
import type { AppFiles } from './app-files.ts';

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;
const styleSheet = /<style[^>]*>([\s\S]*?)<\/style>/g;
const styleAttribute = /\sstyle="([^"]+)"/g;
/** SvelteKit announces page changes in an element that it hides by a style attribute. */
const announcerStyle = /id=\\?"svelte-announcer\\?"[^>]*?style=\\?"([^"\\]+)\\?"/g;

/**
 * The one Content-Security-Policy of every file of the app: what figures.md, "Safety" asks, with
 * hashes of the inline scripts and styles that this very build has. Any relay may be chosen, so any
 * may be called; where the app itself came through TLS, plain HTTP is left to onions and this machine.
 */
export function contentPolicyOf(files: AppFiles, origins: readonly RelayOrigin[]): string {
  const pages = textsOf(files, 'text/html');
  const scripts = textsOf(files, 'text/javascript');
  const scriptHashes = hashesOf(pages, inlineScript);
  const styleSheetHashes = hashesOf(pages, styleSheet);
  const styleHashes = [...hashesOf(pages, styleAttribute), ...hashesOf(scripts, announcerStyle)];
  const relays = isHttps(origins)
    ? 'https: http://*.onion http://localhost:* http://127.0.0.1:*'
    : 'http: https:';
  const directives = [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...scriptHashes].join(' '),
    ["style-src 'self'", ...styleSheetHashes].join(' '),
    styleHashes.length === 0
      ? "style-src-attr 'none'"
      : ["style-src-attr 'unsafe-hashes'", ...new Set(styleHashes)].join(' '),
    "img-src 'self' data: blob:",
    `connect-src 'self' ${relays}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "font-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html wallflower-script-url wallflower-go-on',
  ];
  return directives.join('; ');
}

function textsOf(files: AppFiles, type: string): readonly string[] {
  const texts = [...files.values()].filter((file) => file.type.startsWith(type));
  return texts.map(({ plain }) => plain.bytes.toString());
}

/** 'sha256-...' of what the pattern's group matches in any of the texts (CSP Level 3 section 2.3.1). */
function hashesOf(texts: readonly string[], pattern: RegExp): readonly string[] {
  const contents = texts.flatMap((text) =>
    [...text.matchAll(pattern)].map(([, content = '']) => content),
  );
  return [...new Set(contents)].map(
    (content) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
  );
}
