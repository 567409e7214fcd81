interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown;
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
}

const allowedPath = /^\/(?:service-worker\.js|_app\/immutable\/workers\/[\w.-]+\.js)$/;

function allowScriptUrl(url: string): string {
  const { href, origin, pathname } = new URL(url, location.href);
  const isOurs = origin === location.origin && (import.meta.env.DEV || allowedPath.test(pathname));
  if (!isOurs) throw new TypeError('Not a script of this app.');
  return href;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory };

const policy: ScriptUrlPolicy = trustedTypes?.createPolicy('wallflower-script-url', {
  createScriptURL: allowScriptUrl,
}) ?? { createScriptURL: allowScriptUrl };

/**
 * The address of a worker or of the service worker as Trusted Types want it; throws a TypeError for
 * any other. What it returns is a TrustedScriptURL, which TypeScript's own signatures call a string.
 */
export function trustedScriptUrl(url: string): string {
  return policy.createScriptURL(url) as string;
}
