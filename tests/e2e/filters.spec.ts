import { expect, test } from '@playwright/test';
import { withDemoPhone } from '../support/demo-phone.ts';

test('a filter that is set moves nothing, and says above the filters how much it finds', () =>
  withDemoPhone(async (phone) => {
    const { page } = phone;
    await phone.goto('/');
    const count = page.getByText(/^\d+ entries$/);
    await expect(count).toBeVisible();
    const all = await count.textContent();
    await page.getByRole('button', { name: 'Filters' }).click();
    const skill = page.getByLabel('Skill');
    await expect(page.getByLabel('Status')).toBeVisible();
    const before = await skill.boundingBox();
    expect((await count.boundingBox())?.y).toBeLessThan(before?.y ?? 0);

    await skill.selectOption('legal');
    await expect(page.getByRole('button', { name: 'Filters, 1 set' })).toBeVisible();
    await expect(count).not.toHaveText(all ?? '');
    await expect(count).toBeInViewport();
    expect(await skill.boundingBox()).toEqual(before);

    await page.getByLabel('Language').selectOption('my');
    await page.getByLabel('Country').selectOption('IR');
    await expect(page.getByText('Nothing found')).toBeInViewport();
    expect(await skill.boundingBox()).toEqual(before);
  }));
