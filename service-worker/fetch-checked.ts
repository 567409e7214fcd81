/**
 * One file from the origin, with exactly the bytes that were built. The browser's own cache may
 * answer, so a file that the page has just loaded costs nothing; if that copy is not the right one
 * (a captive portal's page, half a file), the origin is asked again. Rejects with a TypeError.
 */
export async function fetchChecked(path: string, integrity: string): Promise<Response> {
  const options: RequestInit = { integrity, redirect: 'error', priority: 'low' };
  try {
    return await fetchWhole(path, options);
  } catch {
    return fetchWhole(path, { ...options, cache: 'reload' });
  }
}

async function fetchWhole(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(path, options);
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (response.status !== 200 || isPage !== (path === '/')) {
    throw new TypeError(`${path} was not answered with the file.`);
  }
  return response;
}
