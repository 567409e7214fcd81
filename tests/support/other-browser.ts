import { spawn, type ChildProcess } from 'node:child_process';

/** What a page takes and gives back: it crosses as JSON. */
export type Json = string | number | boolean | null | readonly Json[];

/** A browser that is not Chromium, driven by the few calls that its own standard gives. */
export interface OtherBrowser {
  readonly name: string;
  goto(url: string): Promise<void>;
  /** Runs a function in the page, which sees nothing but its arguments; throws what it throws. */
  run<Given extends readonly Json[], Answer extends Json>(
    work: (...given: Given) => Answer | Promise<Answer>,
    ...given: Given
  ): Promise<Answer>;
  /** Ends it and deletes what it stored. */
  throwAway(): Promise<void>;
}

/** The source of a call whose answer is JSON: what it gave, or the words of what it threw. */
export function sourceOf(work: unknown, given: readonly Json[]): string {
  return `async () => {
    try {
      return JSON.stringify({ gave: (await (${String(work)})(...${JSON.stringify(given)})) ?? null });
    } catch (cause) {
      return JSON.stringify({ threw: String(cause) });
    }
  }`;
}

/** What the page gave; throws what it threw. */
export function answerOf<Answer>(json: string): Answer {
  const { gave, threw } = JSON.parse(json) as { readonly gave: Answer; readonly threw?: string };
  if (threw !== undefined) throw new Error(threw);
  return gave;
}

/** Programs that run: a test that fails midway must leave none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) end(child);
});

/** Starts a program, with a group of its own for what it starts in turn. */
export function startProgram(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const child = spawn(path, args, { detached: true, env, stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends a program and all that it started; resolves when it is gone. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  end(child);
  await gone;
}

function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It was gone already.
  }
}
