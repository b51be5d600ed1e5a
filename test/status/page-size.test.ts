import { expect, test } from 'vitest'
import { quarter } from './quarter.fixture.ts'

const most = 30 * 1024

// The same noise in every run.
const noise = (component: number, day: number): number =>
  (Math.imul(component * 90 + day + 1, 2654435761) >>> 8) % 100

test.each([
  ['a quiet quarter', () => false],
  ['a quarter with trouble now and then', (component: number, day: number) => noise(component, day) < 5],
  ['a quarter with trouble every third day', (component: number, day: number) => noise(component, day) < 33],
  [
    'the worst there is, trouble every other day',
    (component: number, day: number) => (component + day) % 2 === 0,
  ],
])('the page of 60 components and 90 days fits into 30 KB: %s', async (_, isBad) => {
  const { html } = await quarter(isBad)
  expect(html.match(/role=img/g)).toHaveLength(60)
  const bytes = new TextEncoder().encode(html).length
  console.info(JSON.stringify({ bytes }))
  expect(bytes).toBeLessThanOrEqual(most)
})
