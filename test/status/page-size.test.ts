import { expect, test } from 'vitest'
import { quarter } from './quarter.fixture.ts'

const most = 30 * 1024

test.each([
  ['a quiet quarter', () => false],
  ['a quarter with trouble now and then', (component: number, day: number) => (component + day) % 23 === 0],
  [
    'the worst there is, trouble every other day',
    (component: number, day: number) => (component + day) % 2 === 0,
  ],
])('the page of 20 components and 90 days fits into 30 KB: %s', async (_, isBad) => {
  const { html } = await quarter(isBad)
  expect(html.match(/<svg/g)).toHaveLength(20)
  expect(new TextEncoder().encode(html).length).toBeLessThanOrEqual(most)
})
