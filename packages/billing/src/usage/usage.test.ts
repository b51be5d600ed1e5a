import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainDecimal, sumOf } from './decimal.ts'
import { UsagePeriod, UsageReport } from './usage.ts'

const report = (change: object) =>
  UsageReport.safeParse({ featureKey: 'api-calls', quantity: 1, idempotencyKey: 'key', ...change })

test.each([
  [1, '1'],
  [0, '0'],
  ['1.50', '1.5'],
  ['0.000000000001', '0.000000000001'],
  ['999999999999999', '999999999999999'],
])('takes the quantity %s as %s', (quantity, as) => {
  expect(report({ quantity }).data?.quantity).toBe(as)
})

test.each([
  1.5,
  -1,
  '-1',
  '1e3',
  '01',
  '.5',
  '1.',
  '',
  ' 1',
  'NaN',
  '1234567890.1234567',
  '1000000000000000',
  '0.0000000000001',
  Number.MAX_SAFE_INTEGER,
  null,
])('refuses the quantity %s', (quantity) => {
  expect(report({ quantity }).success).toBe(false)
})

test('a correction may be below zero', () => {
  expect(report({ quantity: '-1.0', reference: 'ticket 7' }).data?.quantity).toBe('-1')
})

test.each([
  [{ from: '2026-01-01T00:00:00Z' }, false],
  [{ from: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' }, false],
  [{ from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' }, true],
  [{}, true],
])('the period %o is fine: %s', (period, isFine) => {
  expect(UsagePeriod.safeParse(period).success).toBe(isFine)
})

test('sums are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n })), (thousandths) => {
      const texts = thousandths.map((value) => {
        const digits = String(value < 0n ? -value : value).padStart(4, '0')
        return plainDecimal(`${value < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`)
      })
      const total = thousandths.reduce((sum, value) => sum + value, 0n)
      const [whole = '0', fraction = ''] = sumOf(texts).replace('-', '').split('.')
      const size = BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, '0'))
      expect(sumOf(texts).startsWith('-') ? -size : size).toBe(total)
    }),
  )
})
