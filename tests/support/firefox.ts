import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import {
  answerOf,
  endProgram,
  sourceOf,
  startProgram,
  type Json,
  type OtherBrowser,
} from './other-browser.ts';

/** No traffic of the browser's own. */
const prefs = `user_pref('services.settings.server', 'data:,');
user_pref('app.normandy.enabled', false);
user_pref('app.update.disabledForTesting', true);
user_pref('datareporting.policy.dataSubmissionEnabled', false);
user_pref('network.captive-portal-service.enabled', false);
user_pref('network.connectivity-service.enabled', false);
user_pref('intl.accept_languages', 'en-GB');
`;

interface Reply {
  readonly id?: number;
  readonly error?: string;
  readonly message?: string;
  readonly result?: unknown;
}

/** Firefox over WebDriver BiDi (W3C), which it speaks by itself. */
export class Firefox implements OtherBrowser {
  readonly name = 'Firefox';
  readonly #program: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #context = '';
  #calls = 0;

  private constructor(program: ChildProcess, profile: string, socket: WebSocket) {
    this.#program = program;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(data as string) as Reply;
      this.#waiting.get(reply.id ?? -1)?.(reply);
    });
  }

  static async start(path: string): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), 'wallflower-firefox-'));
    await writeFile(join(profile, 'user.js'), prefs);
    const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile];
    const program = startProgram(path, args);
    const socket = new WebSocket(`${await addressSaidBy(program)}/session`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const firefox = new Firefox(program, profile, socket);
    await firefox.#begin();
    return firefox;
  }

  async goto(url: string): Promise<void> {
    await this.#call('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  async run<Given extends readonly Json[], Answer extends Json>(
    work: (...given: Given) => Answer | Promise<Answer>,
    ...given: Given
  ): Promise<Answer> {
    const { result } = await this.#call<{ readonly result: { readonly value: string } }>(
      'script.callFunction',
      {
        functionDeclaration: sourceOf(work, given),
        awaitPromise: true,
        target: { context: this.#context },
      },
    );
    return answerOf(result.value);
  }

  async throwAway(): Promise<void> {
    this.#socket.close();
    await endProgram(this.#program);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #begin(): Promise<void> {
    await this.#call('session.new', { capabilities: {} });
    const { contexts } = await this.#call<{ readonly contexts: readonly { context: string }[] }>(
      'browsingContext.getTree',
      {},
    );
    this.#context = contexts[0]?.context ?? '';
    const viewport = { width: 360, height: 640 };
    await this.#call('browsingContext.setViewport', { context: this.#context, viewport });
  }

  #call<T>(method: string, params: Readonly<Record<string, unknown>>): Promise<T> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ error, message, result }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result as T);
        else reject(new Error(`${method}: ${error}: ${String(message)}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

function addressSaidBy(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    program.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const address = /listening on (ws:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    program.once('exit', () => {
      reject(new Error(`Firefox ended: ${said}`));
    });
  });
}
