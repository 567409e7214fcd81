import { openPhone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
const relay = await serveApp({ demo: true });
const phone = await openPhone(relay.origin); phone.link.set({ bytesPerSecond: 50_000, delayMs: 200 });
await phone.context.addInitScript(() => {
  const all: string[] = []; Object.assign(globalThis, { lcps: all });
  new PerformanceObserver((list) => { for (const e of list.getEntries() as never as {startTime:number,size:number,element:Element|null}[]) all.push(`${Math.round(e.startTime)} size ${e.size} ${e.element?.tagName} ${e.element?.className} ${e.element?.textContent?.slice(0,120)}`); }).observe({ type: 'largest-contentful-paint', buffered: true });
});
const s = await phone.context.newCDPSession(phone.page); await s.send('Emulation.setCPUThrottlingRate', { rate: 6 });
await phone.goto('/');
await phone.page.waitForTimeout(12000);
console.log((await phone.page.evaluate(() => (globalThis as never as {lcps: string[]}).lcps)).join('\n'));
await phone.throwAway(); await relay.throwAway();
