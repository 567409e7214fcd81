const graceMs = 60_000;

/** Saves bytes outside the app, as a download without a type, under a name that was made safe. */
export function saveFile(bytes: Uint8Array, name: string): void {
  const blob = new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, graceMs);
}
