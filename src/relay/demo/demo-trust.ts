import { attestationToContent } from '#core/records/attestation.ts';
import { charterToContent } from '#core/records/charter.ts';
import { composeRecord, type Signer } from '#core/records/compose.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { maxLifetimeDays, singletonSlot, type SignedRecord } from '#core/records/record.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { vettingLifetimesDays, vettingMethods, type Stars } from '#core/types/trust-terms.ts';
import { charterSigner, demand, demoHash, demoSlot } from './demo-signers.ts';
import type { DemoCharter } from './demo-texts.ts';

/** Of a hundred personas so many are vetted. */
const vettedPercent = 60;
/** Of a hundred vetted ones so many have that many stars or fewer. */
const starsUpTo: readonly { readonly stars: Stars; readonly percent: number }[] = [
  { stars: 0, percent: 1 },
  { stars: 1, percent: 7 },
  { stars: 2, percent: 23 },
  { stars: 3, percent: 51 },
  { stars: 4, percent: 81 },
  { stars: 5, percent: 100 },
];
/** Stars are younger than this, so that all stand whatever their lifetime. */
const maxAgeDays = 28;

/** The demonstration's charter, and the stars that its stewards give; who has how many hangs on the slug alone. */
export function composeDemoTrust(
  crypto: CryptoPort,
  { name, stewards }: DemoCharter,
  signers: ReadonlyMap<string, Signer>,
  today: Day,
): readonly SignedRecord[] {
  const named = stewards.map((slug) => demand(signers.get(slug)));
  const charter = composeRecord(
    crypto,
    charterSigner(crypto),
    {
      kind: recordKinds.charter,
      slot: singletonSlot,
      rev: today,
      day: today,
      until: addDays(today, maxLifetimeDays),
    },
    charterToContent({ name, stewards: named.map(({ key }) => key) }),
  );
  const stars = [...signers]
    .filter(([slug]) => !stewards.includes(slug) && isVetted(slug))
    .map(([slug, { key }]) => composeStars(crypto, choose(named, slug, 3), { slug, key }, today));
  return [charter, ...stars];
}

function isVetted(slug: string): boolean {
  return pick(slug, 0, 100) < vettedPercent;
}

function composeStars(
  crypto: CryptoPort,
  steward: Signer,
  { slug, key }: { readonly slug: string; readonly key: PersonaKey },
  today: Day,
): SignedRecord {
  const chosen = pick(slug, 1, 100);
  const stars = starsUpTo.find(({ percent }) => chosen < percent)?.stars ?? 5;
  const method = choose(vettingMethods, slug, 2);
  const lifetime = choose(vettingLifetimesDays, slug, 4);
  const day = addDays(today, -pick(slug, 5, maxAgeDays));
  const header = {
    kind: recordKinds.attestation,
    slot: demoSlot(`stars/${slug}`),
    rev: today,
    day,
    until: addDays(day, lifetime),
  };
  return composeRecord(
    crypto,
    steward,
    header,
    attestationToContent({ subject: key, stars, method }),
  );
}

/** A number below `count`; `what` tells the questions about one slug apart. */
function pick(slug: string, what: number, count: number): number {
  return new DataView(demoHash(`stars/${slug}`).buffer).getUint32(what * 4) % count;
}

function choose<T>(choices: readonly T[], slug: string, what: number): T {
  return demand(choices[pick(slug, what, choices.length)]);
}
