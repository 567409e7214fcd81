import { readCbor } from '../codec/cbor-reader.ts';
import type { CborValue } from '../codec/cbor.ts';
import type { Bytes } from '../types/bytes.ts';
import type { Slot } from '../types/ids.ts';
import { attestationSchema, type AttestationContent } from './attestation.ts';
import { charterSchema, type CharterContent } from './charter.ts';
import { toEntry, type EntryContent } from './entry.ts';
import { kindOf, type RecordKind } from './kinds.ts';
import { profileSchema, type ProfileContent } from './profile.ts';
import { statusSchema, type StatusContent } from './status.ts';

/** What this device knows of a record that it has proved before it was stored. */
export type HeldRecord = { readonly slot: Slot } & (
  | { readonly kind: 'request' | 'offer'; readonly value: EntryContent | null }
  | { readonly kind: 'profile'; readonly value: ProfileContent | null }
  | { readonly kind: 'status'; readonly value: StatusContent | null }
  | { readonly kind: 'attestation'; readonly value: AttestationContent | null }
  | { readonly kind: 'charter'; readonly value: CharterContent | null }
  | { readonly kind: 'contact' | 'unknown' }
);

/**
 * Takes apart a record out of this device's own storage, without proving again what was proved
 * before it was stored. Throws where the storage gives back other bytes than it was given.
 */
export function readHeldRecord(bytes: Uint8Array): HeldRecord {
  const [, , body] = readCbor(bytes) as readonly CborValue[] as [Bytes, Bytes, Bytes];
  const [, code, slot, , , , ...items] = readCbor(body) as readonly CborValue[] as [
    number,
    number,
    Slot,
    number,
    number,
    number,
    ...CborValue[],
  ];
  const kind: RecordKind | undefined = kindOf(code);
  const isWithdrawn = items.length === 0;
  switch (kind) {
    case 'request':
    case 'offer':
      return {
        slot,
        kind,
        value: isWithdrawn ? null : toEntry(items as unknown as Parameters<typeof toEntry>[0]),
      };
    case 'profile':
      return { slot, kind, value: isWithdrawn ? null : profileSchema.parse(items) };
    case 'status':
      return { slot, kind, value: isWithdrawn ? null : statusSchema.parse(items) };
    case 'attestation':
      return { slot, kind, value: isWithdrawn ? null : attestationSchema.parse(items) };
    case 'charter':
      return { slot, kind, value: isWithdrawn ? null : charterSchema.parse(items) };
    case 'contact':
    case undefined:
      return { slot, kind: kind ?? 'unknown' };
  }
}
