import { expect, test } from '@playwright/test';
import { dumpStorage } from '../support/dump-storage.ts';
import { findMarker } from '../support/find-marker.ts';

const marker = 'Marktschreier 42 Ω';

test.describe('a dump of a browser’s storage', () => {
  test.beforeEach(async ({ page }) => {
    await page.route('http://localhost/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>empty</title>' }),
    );
    await page.goto('http://localhost/');
  });

  test('finds nothing where nothing is', async ({ page }) => {
    expect(findMarker(await dumpStorage(page), marker)).toEqual([]);
  });

  const hidingPlaces: Record<string, (text: string) => unknown> = {
    'local storage': (text) => {
      localStorage.setItem('a', text);
    },
    'session storage, as base64': (text) => {
      const bytes = new TextEncoder().encode(`..${text}..`);
      sessionStorage.setItem('a', btoa(String.fromCharCode(...bytes)));
    },
    'the history': (text) => {
      history.replaceState({ a: [text] }, '');
    },
    'a cookie': (text) => {
      document.cookie = `a=${encodeURIComponent(text)}`;
    },
    'a cached body': async (text) => {
      await (await caches.open('a')).put('/a', new Response(text));
    },
    'a cached header': async (text) => {
      const headers = { 'x-a': encodeURIComponent(text) };
      await (await caches.open('a')).put('/a', new Response('', { headers }));
    },
  };

  for (const [place, hide] of Object.entries(hidingPlaces)) {
    test(`finds what lies in ${place}`, async ({ page }) => {
      await page.evaluate(hide, marker);
      expect(findMarker(await dumpStorage(page), marker)).not.toEqual([]);
    });
  }

  for (const shape of ['text', 'utf-8', 'utf-16', 'blob', 'key', 'map'] as const) {
    test(`finds what lies in IndexedDB as ${shape}`, async ({ page }) => {
      await page.evaluate(storeInDatabase, { text: marker, shape });
      expect(findMarker(await dumpStorage(page), marker)).not.toEqual([]);
    });
  }
});

async function storeInDatabase({ text, shape }: { text: string; shape: string }): Promise<void> {
  const utf8 = new TextEncoder().encode(text);
  const utf16 = new Uint16Array([...text].map((letter) => letter.charCodeAt(0)));
  const values: Record<string, unknown> = {
    'utf-8': { deep: [utf8] },
    'utf-16': utf16,
    text: [{ deep: text }],
    blob: new Blob([text]),
    key: 'nothing',
    map: new Map([['a', new Set([text])]]),
  };
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open('a', 3);
    opening.onerror = () => {
      reject(new Error('not opened'));
    };
    opening.onupgradeneeded = () => opening.result.createObjectStore('b');
    opening.onsuccess = () => {
      const writing = opening.result.transaction('b', 'readwrite');
      writing.objectStore('b').put(values[shape], shape === 'key' ? [text] : 1);
      writing.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  });
}
