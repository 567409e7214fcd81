/** Whether something was answered with a page, as captive portals answer everything. */
export function isPage({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/html') ?? false;
}
