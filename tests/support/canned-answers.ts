function answer(status: string, html: string): Buffer {
  const body = Buffer.from(html);
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: text/html; charset=utf-8',
    'access-control-allow-origin: *',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** What a hotel's or an airport's network says to everything: 200, and a page of its own. */
export const portalAnswer = answer(
  '200 OK',
  '<!doctype html><title>Welcome</title><h1>Welcome to Airport Wi-Fi</h1><p>Please log in.</p>',
);

export const notFoundAnswer = answer('404 Not Found', '<!doctype html><h1>404</h1>');
