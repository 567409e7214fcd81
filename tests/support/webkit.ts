import type { ChildProcess } from 'node:child_process';
import { freePort } from './free-port.ts';
import {
  answerOf,
  endProgram,
  sourceOf,
  startProgram,
  type Json,
  type OtherBrowser,
} from './other-browser.ts';

/** Where WebKit's driver is, its plainest browser, and what gives it a screen. */
export interface WebKitPaths {
  readonly driver: string;
  readonly browser: string;
  readonly screen: string;
}

/** WebKitGTK's own small browser over WebDriver (W3C): the engine of Safari, not Safari itself. */
export class WebKit implements OtherBrowser {
  readonly name = 'WebKit';
  readonly #program: ChildProcess;
  readonly #driver: string;
  #session = '';

  private constructor(program: ChildProcess, driver: string) {
    this.#program = program;
    this.#driver = driver;
  }

  static async start({ driver, browser, screen }: WebKitPaths): Promise<WebKit> {
    const port = await freePort();
    const program = startProgram(screen, ['-a', driver, `--port=${port}`]);
    const webKit = new WebKit(program, `http://127.0.0.1:${port}`);
    await webKit.#begin(browser);
    return webKit;
  }

  async goto(url: string): Promise<void> {
    await this.#call('/url', { url });
  }

  async run<Given extends readonly Json[], Answer extends Json>(
    work: (...given: Given) => Answer | Promise<Answer>,
    ...given: Given
  ): Promise<Answer> {
    const script = `(${sourceOf(work, given)})().then(arguments[0]);`;
    return answerOf(await this.#call<string>('/execute/async', { script, args: [] }));
  }

  async throwAway(): Promise<void> {
    // Its browser is a process of its own, and what it stored goes with the session.
    await fetch(this.#driver + this.#session, { method: 'DELETE' }).catch(() => undefined);
    await endProgram(this.#program);
  }

  async #begin(binary: string): Promise<void> {
    while (!(await isThere(this.#driver))) await new Promise((resolve) => setTimeout(resolve, 100));
    const options = { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } };
    const { sessionId } = await this.#call<{ readonly sessionId: string }>('/session', {
      capabilities: { alwaysMatch: options },
    });
    this.#session = `/session/${sessionId}`;
    await this.#call('/window/rect', { width: 400, height: 760 });
  }

  async #call<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(this.#driver + this.#session + path, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const { value } = (await response.json()) as {
      readonly value: T & { readonly error?: string };
    };
    if (response.ok) return value;
    throw new Error(`${path}: ${JSON.stringify(value)}`);
  }
}

async function isThere(driver: string): Promise<boolean> {
  return fetch(`${driver}/status`).then(
    ({ ok }) => ok,
    () => false,
  );
}
