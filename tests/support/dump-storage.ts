import type { Page } from '@playwright/test';

/**
 * Everything that a page's origin keeps in its browser, as bytes one can search: all IndexedDB
 * databases with keys and values, Cache Storage with addresses, headers and bodies, local and session
 * storage, cookies, and the history's state. Text is UTF-8; bytes stand as they are.
 */
export async function dumpStorage(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const parts: (Uint8Array<ArrayBuffer> | string)[] = [];

    const add = async (value: unknown, seen = new Set<object>()): Promise<void> => {
      if (value === null || value === undefined) return;
      if (typeof value !== 'object') {
        parts.push(`${String(value)}\n`);
        return;
      }
      if (seen.has(value)) return;
      seen.add(value);
      if (value instanceof ArrayBuffer) parts.push(new Uint8Array(value.slice(0)), '\n');
      else if (ArrayBuffer.isView(value)) {
        const { buffer, byteOffset, byteLength } = value;
        parts.push(new Uint8Array(buffer, byteOffset, byteLength).slice(), '\n');
      } else if (value instanceof Blob) parts.push(new Uint8Array(await value.arrayBuffer()), '\n');
      else if (value instanceof Map || value instanceof Set) {
        for (const item of value) await add(item, seen);
      } else if (value instanceof Date) parts.push(`${value.getTime()}\n`);
      else if (value instanceof CryptoKey) {
        if (value.extractable) {
          const format = value.type === 'private' ? 'pkcs8' : 'raw';
          await add(await crypto.subtle.exportKey(format, value), seen);
        }
      } else {
        for (const [key, item] of Object.entries(value)) {
          parts.push(`${key}=`);
          await add(item, seen);
        }
      }
    };

    const whenDone = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(request.error ?? new Error('IndexedDB failed'));
        };
      });

    for (const { name, version } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const db = await whenDone(indexedDB.open(name, version));
      parts.push(`database ${name}\n`);
      for (const storeName of db.objectStoreNames) {
        const store = db.transaction(storeName).objectStore(storeName);
        parts.push(`store ${storeName}\n`);
        const [keys, values] = await Promise.all([
          whenDone(store.getAllKeys()),
          whenDone<unknown[]>(store.getAll()),
        ]);
        await add(keys);
        await add(values);
      }
      db.close();
    }

    for (const name of await caches.keys()) {
      parts.push(`cache ${name}\n`);
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        parts.push(`${request.url}\n`);
        const response = await cache.match(request);
        if (response === undefined) continue;
        await add([...response.headers]);
        await add(await response.arrayBuffer());
      }
    }

    await add({ ...localStorage });
    await add({ ...sessionStorage });
    parts.push(document.cookie, '\n', location.href, '\n');
    await add(history.state);

    const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
    let binary = '';
    for (let from = 0; from < whole.length; from += 32_768) {
      binary += String.fromCharCode(...whole.subarray(from, from + 32_768));
    }
    return btoa(binary);
  });
  const cookies = JSON.stringify(await page.context().cookies());
  return Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from(cookies)]);
}
