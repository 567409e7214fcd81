/**
 * Asks the browser to delete nothing of this app by itself when room gets scarce; whether it agreed.
 * Only a page may ask: workers have no such call (Storage Standard, section 6).
 */
export async function askToKeepStorage(): Promise<boolean> {
  const storage = navigator.storage as StorageManager | undefined;
  try {
    return (await storage?.persist()) ?? false;
  } catch {
    return false;
  }
}
