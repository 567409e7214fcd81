/**
 * How far down the screen is seen, in CSS pixels from the top of the page's own view: neither a
 * keyboard nor the bar at its end, for which scrolling keeps room, is in the way there.
 */
export function shownHeight(): number {
  const { offsetTop, height } = visualViewport ?? { offsetTop: 0, height: innerHeight };
  const { scrollPaddingBlockEnd } = getComputedStyle(document.documentElement);
  return Math.min(offsetTop + height, innerHeight - (parseFloat(scrollPaddingBlockEnd) || 0));
}
