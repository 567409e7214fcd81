/** Tells the service worker that a language is read here, so that updates of the app bring it too. */
export function keepLocaleOffline(locale: string): void {
  navigator.serviceWorker?.controller?.postMessage({ type: 'KEEP_LOCALE', locale });
}
