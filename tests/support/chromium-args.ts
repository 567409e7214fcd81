/** No traffic of the browser's own, and no graphics card. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that the scripts found, as launch options. */
export function chromiumOptions(moreArgs: readonly string[] = []): {
  readonly args: string[];
  readonly executablePath?: string;
} {
  const executablePath = process.env['WALLFLOWER_CHROMIUM'];
  const args = [...chromiumArgs, ...moreArgs];
  return executablePath === undefined ? { args } : { args, executablePath };
}
