import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ipPrefixOf, maskedClientOf } from './origin.ts'

describe('the network of a caller', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:7:8:9:a:b:c', '2001:db8:7::/48'],
    ['2001:0DB8:0007::1', '2001:db8:7::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
  ])('of %s is %s', (ip, prefix) => {
    expect(ipPrefixOf(ip)).toBe(prefix)
  })

  it.each(['', 'unknown', '999.1.1.1', '1.2.3', 'a:b', '::1]/x'])('is unknown for "%s"', (ip) => {
    expect(ipPrefixOf(ip)).toBeNull()
  })
})

describe('the networks of all callers', () => {
  it('keep 24 of 32 bits', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(ipPrefixOf(ip)).toBe(`${ip.split('.').slice(0, 3).join('.')}.0/24`)
      }),
    )
  })

  it('keep 48 of 128 bits', () => {
    const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        expect(ipPrefixOf(groups.join(':'))).toBe(`${groups.slice(0, 3).join(':')}::/48`)
      }),
    )
  })

  it('are found in every spelling', () => {
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        expect(ipPrefixOf(ip)).toMatch(/^(?:[\da-f]{1,4}:){3}:\/48$|^\d+\.\d+\.\d+\.0\/24$/)
      }),
    )
  })
})

describe('a user agent', () => {
  const cleaned = (userAgent: string) => maskedClientOf({ ip: null, userAgent }).userAgent

  it('loses control characters and everything after 256 characters', () => {
    expect(cleaned('  Mozilla\0/5.0\r\n(X11) ')).toBe('Mozilla /5.0 (X11)')
    expect(cleaned('x'.repeat(300))).toHaveLength(256)
  })

  it('stays well-formed when it is cut within a character', () => {
    expect(cleaned(`${'x'.repeat(255)}😀`)?.isWellFormed()).toBe(true)
  })

  it('is null when nothing is left', () => {
    expect(cleaned(' \u0007 ')).toBeNull()
  })
})
