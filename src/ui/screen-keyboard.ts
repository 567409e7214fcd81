/** Whether letters come, as far as anybody can tell, from a keyboard that covers part of the screen. */
export function hasScreenKeyboard(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
