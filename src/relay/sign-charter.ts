import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { dayToMs } from '#core/types/day.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { readCharterOrder, type CharterOrder } from './charter/charter-order.ts';
import { fillOrder, type FilledOrder } from './charter/fill-order.ts';

const order = readCharterOrder(process.argv.slice(2));
if (!order.ok) {
  const isHelp = order.error.code === 'help';
  say(order.error.message, isHelp ? process.stdout : process.stderr);
  process.exit(isHelp ? 0 : 2);
}
const filled = await fillOrder(await createSodiumCrypto(), order.value, Date.now);
if (!filled.ok) {
  say(filled.error.message, process.stderr);
  process.exit(1);
}
say(describe(order.value, filled.value), process.stdout);

function say(text: string, where: NodeJS.WriteStream): void {
  where.write(`${text}\n`);
}

function describe(
  { name, stewards, keyFile, charterFile }: CharterOrder,
  { author, until, isKeyNew }: FilledOrder,
): string {
  return [
    `The charter of “${name}” is in ${charterFile}.`,
    `It stands until ${new Date(dayToMs(until)).toISOString().slice(0, 10)}. Its stewards:`,
    ...stewards.map((key) => `  ${bytesToBase64Url(key)}`),
    `It is signed by ${bytesToBase64Url(author)}.`,
    `Copy ${charterFile} to the server and start the relay with --charter ${charterFile}.`,
    ...(isKeyNew
      ? [`${keyFile} is new. Make a copy of it: without it this charter cannot be renewed.`]
      : []),
    `Keep ${keyFile} on a machine that is not the server.`,
  ].join('\n');
}
