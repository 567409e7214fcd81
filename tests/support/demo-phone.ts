import { openPhone, type Phone } from './phone.ts';
import { serveApp } from './served-app.ts';

/** Does something on a phone of its own, beside a relay with the demonstration board. */
export async function withDemoPhone(
  work: (phone: Phone, origin: string) => Promise<void>,
): Promise<void> {
  const relay = await serveApp({ demo: true });
  try {
    const phone = await openPhone(relay.origin);
    try {
      await work(phone, relay.origin);
    } finally {
      await phone.throwAway();
    }
  } finally {
    await relay.throwAway();
  }
}
