import {
  createVault,
  lookForNews,
  openEntry,
  postRequest,
  replyPrivately,
  requestTitle,
  waitForContactCard,
} from './phone-actions.ts';
import { openPhone, type Phone, type PhoneOptions } from './phone.ts';
import { serveApp, type ServedApp } from './served-app.ts';

export const firstMessage = 'Saffron-4410: I am a lawyer, and I can read both pages tonight.';

/** Two people on phones of their own: one asked on the board, the other has written to them. */
export interface TwoPhones {
  readonly relay: ServedApp;
  /** Posted the request. */
  readonly writer: Phone;
  /** Replied to it. */
  readonly reader: Phone;
  throwAway(): Promise<void>;
}

/** Has a request posted and answered, so that the first message is on the writer's phone. */
export async function introduceTwoPhones(readerOptions: PhoneOptions = {}): Promise<TwoPhones> {
  const relay = await serveApp();
  const writer = await openPhone(relay.origin);
  const reader = await openPhone(relay.origin, readerOptions);
  await writer.goto('/');
  await createVault(writer.page, 'orange kettle ninety windmills hum');
  await postRequest(writer.page, { title: requestTitle, text: 'Two pages, before Friday.' });
  await lookForNews(writer.page);
  await reader.goto('/');
  await createVault(reader.page, 'velvet ladder answers slow thunder');
  await lookForNews(reader.page);
  await openEntry(reader.page, requestTitle);
  await waitForContactCard(reader.page);
  await replyPrivately(reader.page, firstMessage);
  await lookForNews(reader.page);
  await lookForNews(writer.page);
  return {
    relay,
    writer,
    reader,
    async throwAway() {
      await reader.throwAway();
      await writer.throwAway();
      await relay.throwAway();
    },
  };
}
