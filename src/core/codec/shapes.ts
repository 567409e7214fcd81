import * as z from 'zod/mini';
import type { Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';

/** Largest u32: counters and revisions stay within it. */
export const maxU32 = 0xff_ff_ff_ff;
/** Days are u32 too, but nothing before 2026 or after 2200 is a day anyone signs. */
const earliestDay = 20_454;
const latestDay = 84_006;

function isBytes(value: unknown): value is Bytes {
  return value instanceof Uint8Array;
}

/** A byte string of exactly so many bytes, branded as `T`. */
export function fixedBytes<T extends Bytes>(length: number) {
  return z.custom<T>((value) => isBytes(value) && value.length === length);
}

/** A byte string of at most so many bytes. */
export function boundedBytes(maxLength: number) {
  return z.custom<Bytes>((value) => isBytes(value) && value.length <= maxLength);
}

function isWithin(value: unknown, minimum: number, maximum: number): value is number {
  return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
}

/** A whole number within bounds that are safe integers, both included. */
export function wholeNumber(minimum: number, maximum: number) {
  return z.custom<number>((value) => isWithin(value, minimum, maximum));
}

/** Whether a value is a whole number from 0 to 2^32 - 1. */
export function isU32(value: unknown): value is number {
  return isWithin(value, 0, maxU32);
}

/** A whole number from 0 to 2^32 - 1. */
export const u32 = z.custom<number>(isU32);

/** A whole number from 0 to 2^53 - 1. */
export const u53 = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** Whether a value is a UTC day that a record or stamp may carry. */
export function isSignableDay(value: unknown): value is Day {
  return isWithin(value, earliestDay, latestDay);
}

/** A UTC day that a record or stamp may carry. */
export const daySchema = z.custom<Day>(isSignableDay);
