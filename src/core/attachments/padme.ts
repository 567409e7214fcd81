/**
 * Rounds a length up so that only O(log log length) bits of it show, at the price of at most 12 %:
 * Padmé of Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
 * PURBs" (PoPETs 2019), section 4. Length in bytes, 1 to 2^31 - 1.
 */
export function padmeLength(length: number): number {
  if (length < 2) return length;
  const exponent = floorLog2(length);
  const lastBits = exponent - (floorLog2(exponent) + 1);
  const step = 2 ** Math.max(0, lastBits);
  return Math.ceil(length / step) * step;
}

function floorLog2(value: number): number {
  return value < 1 ? -1 : 31 - Math.clz32(value);
}
