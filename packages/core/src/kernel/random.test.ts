import { expect, it } from 'vitest'
import { randomBytes } from './random.ts'

it('never hands out the same bytes twice, across refills', () => {
  const seen = Array.from({ length: 2000 }, (_, i) =>
    randomBytes(16 + (i % 5))
      .slice(0, 16)
      .join(),
  )
  expect(new Set(seen).size).toBe(2000)
})

it('hands out every byte value about equally often', () => {
  const counts = Array.from({ length: 256 }, () => 0)
  for (let i = 0; i < 16_000; i++) for (const byte of randomBytes(16)) counts[byte] = (counts[byte] ?? 0) + 1
  // 1,000 expected, standard deviation 32: 7 of them is an accident of 1 in 10^9.
  expect(Math.min(...counts)).toBeGreaterThan(770)
  expect(Math.max(...counts)).toBeLessThan(1230)
})
