import type { Workbox } from 'workbox-window';
import { trustedScriptUrl } from './script-url.ts';

/** Half a minute, doubled at each failure, at most an hour. */
const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;
/** A page that stays open looks for a newer copy when it is come back to, but no more often. */
const lookAgainMs = 3_600_000;
/** A first visit's relay may keep silent; what offline use needs waits no longer for its answer. */
const mostWaitMs = 20_000;
/** Browsers end what a service worker does in the background after some minutes. */
const goOnMs = 60_000;

/**
 * Keeps the whole app on the device, and tells when a newer copy lies ready there. A newer copy
 * takes over when the user says so, and then in every tab at once: one device, one version.
 */
class Updates {
  #available = $state.raw(false);
  #workbox: Workbox | undefined;
  #failures = 0;
  #watching = false;
  #lookedAtMs = 0;
  #toolsWanted = false;
  readonly #answer = Promise.withResolvers<void>();
  readonly #board = Promise.withResolvers<void>();

  /** True while a newer copy, complete and checked, waits for the user's word. */
  get available(): boolean {
    return this.#available;
  }

  /**
   * Call once, when the first screen stands: fetches what offline use needs, in the background. It
   * leaves the link to the first requests.
   */
  watch(): void {
    if (this.#watching || !('serviceWorker' in navigator)) return;
    this.#watching = true;
    const isUsedAgain = navigator.serviceWorker.controller !== null;
    reloadWhenReplaced();
    setTimeout(() => this.linkIsFree(), mostWaitMs);
    void Promise.all([whenIdle(), this.#answer.promise]).then(async () => {
      await this.#register();
      if (isUsedAgain) await this.keepEveryTool();
    });
    addEventListener('online', () => {
      void this.#look();
      if (this.#toolsWanted) void this.keepEveryTool();
    });
    document.addEventListener('visibilitychange', () => {
      const isDue = performance.now() - this.#lookedAtMs > lookAgainMs;
      if (document.visibilityState === 'visible' && isDue) void this.#look();
    });
  }

  /** The first requests are here, or nothing answers. */
  linkIsFree(): void {
    this.#answer.resolve();
  }

  /** The board no longer needs the whole link: what can wait may come. */
  boardIsHere(): void {
    this.#board.resolve();
  }

  /** Fetches the tools that the first visit left out, once the board is here, now or with the next link. */
  async keepEveryTool(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    this.#toolsWanted = true;
    await this.#board.promise;
    await tellWorker({ type: 'KEEP_EVERY_TOOL' });
  }

  /** Changes over to the newer copy; the page reloads. */
  apply(): void {
    this.#workbox?.messageSkipWaiting();
  }

  async #register(): Promise<void> {
    try {
      const { Workbox } = await import('workbox-window');
      const workbox = new Workbox(trustedScriptUrl('/service-worker.js'));
      workbox.addEventListener('waiting', () => (this.#available = true));
      workbox.addEventListener('redundant', () => this.#retryLater());
      this.#workbox = workbox;
      await workbox.register();
      await keepComing();
    } catch {
      this.#retryLater();
    }
  }

  async #look(): Promise<void> {
    this.#lookedAtMs = performance.now();
    const registration = await navigator.serviceWorker.getRegistration();
    if (registration === undefined) await this.#register();
    else await registration.update().catch(() => undefined);
  }

  #retryLater(): void {
    const wait = Math.min(firstRetryMs * 2 ** this.#failures, longestRetryMs);
    this.#failures += 1;
    setTimeout(() => void this.#look(), wait);
  }
}

/** Brings the rest of the app; on a link so thin that it runs before it is whole, again and again. */
async function keepComing(): Promise<void> {
  await tellWorker({ type: 'KEEP_LOCALE', locale: document.documentElement.lang });
  if (await caches.has('wallflower-thin')) setTimeout(() => void keepComing(), goOnMs);
}

/** Waits until the whole of the first visit is on the device. */
async function tellWorker(message: object): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage(message);
}

/** The first visit's worker takes over a page that had none: nothing changes, nothing reloads. */
function reloadWhenReplaced(): void {
  let controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) location.reload();
    controlled = true;
  });
}

async function whenIdle(): Promise<void> {
  if (document.readyState !== 'complete') {
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  }
  if ('requestIdleCallback' in globalThis) {
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5_000 }));
  }
}

export const updates = new Updates();
