import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { statusCodes, type RequestStatus } from '../types/board-terms.ts';
import { namesByCode, wireCode } from './wire-codes.ts';

/** Where a request stands; lives at the request's own slot, by the request's author. */
export interface StatusContent {
  readonly status: RequestStatus;
}

const statusByCode = namesByCode(statusCodes);

/** [status code]. */
export const statusSchema = z.pipe(
  z.tuple([wireCode]),
  z.transform(([code]): StatusContent => ({ status: statusByCode.get(code) ?? 'open' })),
);

/** A status' content in schema order. */
export function statusToContent({ status }: StatusContent): readonly CborValue[] {
  return [statusCodes[status]];
}
