/** An empty cache of this name says that the first visit's link is too thin to bring the app at once. */
const markName = 'wallflower-thin';

/**
 * Whether the app's first files were cut on their way, and its first tier was never whole here: the
 * page says so (src/app.html). Such an app runs while it comes.
 */
export function isComing(): Promise<boolean> {
  return caches.has(markName);
}

/** The first tier is whole. */
export async function endComing(): Promise<void> {
  await caches.delete(markName);
}
