import { describe, expect, it } from 'vitest'
import { crockford, rfc4648, toBase32 } from './base32.ts'
import { findTotpStep, totpCode, totpStep, totpUri } from './totp.ts'

const secret = new TextEncoder().encode('12345678901234567890')
const time = (seconds: number): Date => new Date(seconds * 1000)

describe('TOTP', () => {
  // RFC 6238 appendix B, the last six of the eight digits.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %d s is %s', async (seconds, code) => {
    expect(await totpCode(secret, totpStep(time(seconds)))).toBe(code)
  })

  it('is found one step early and one late, and no further', async () => {
    const step = totpStep(time(1111111111))
    const code = await totpCode(secret, step)
    const found = (offset: number) => findTotpStep(secret, code, time((step + offset) * 30))
    expect(await Promise.all([-2, -1, 0, 1, 2].map(found))).toEqual([null, step, step, step, null])
    expect(await findTotpStep(secret, '000000', time(1111111111))).toBe(null)
  })

  it('is offered as a URI that keeps the parts apart', () => {
    const uri = new URL(totpUri(secret, 'A: & Co', 'ada+x@example.com'))
    expect(decodeURIComponent(uri.pathname)).toContain('A: & Co:ada+x@example.com')
    expect(uri.pathname.split(':')).toHaveLength(2)
    expect(uri.searchParams.get('issuer')).toBe('A: & Co')
    expect(uri.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  })
})

// RFC 4648 §10, without padding.
it.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('"%s" is "%s" in base 32', (text, encoded) => {
  expect(toBase32(new TextEncoder().encode(text), rfc4648)).toBe(encoded)
  expect(toBase32(new TextEncoder().encode(text), crockford)).toHaveLength(encoded.length)
})
