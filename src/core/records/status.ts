import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { statusCodes, type RequestStatus } from '../types/board-terms.ts';

/** Where a request stands; lives at the request's own slot, by the request's author. */
export interface StatusContent {
  readonly status: RequestStatus;
}

const statusByCode = new Map(
  (Object.keys(statusCodes) as RequestStatus[]).map((name) => [statusCodes[name] as number, name]),
);

/** [status code]. */
export const statusSchema = z.pipe(
  z.tuple([z.int().check(z.minimum(0), z.maximum(255))]),
  z.transform(([code]): StatusContent => ({ status: statusByCode.get(code) ?? 'open' })),
);

/** A status' content in schema order. */
export function statusToContent({ status }: StatusContent): readonly CborValue[] {
  return [statusCodes[status]];
}
