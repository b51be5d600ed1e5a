import type { Principal } from '@corbel/core'
import { manualClock } from '@corbel/core/ports'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VerifiedTokens } from './verified-tokens.ts'

const principal = (subject: string) => ({ subject }) as Principal
const later = new Date('2026-01-01T00:15:00Z')

describe('verified tokens', () => {
  it('forgets what was not used for half as many others as it holds', () => {
    const tokens = new VerifiedTokens(manualClock(), 4)
    for (const token of ['a', 'b']) tokens.keep(token, principal(token), later)
    tokens.find('a')
    tokens.keep('c', principal('c'), later)
    expect(['a', 'b', 'c'].map((token) => tokens.find(token)?.subject)).toEqual(['a', undefined, 'c'])
  })

  it('never holds more than it may', () => {
    const tokens = new VerifiedTokens(manualClock(), 10)
    const use = fc.record({ token: fc.nat({ max: 40 }), isNew: fc.boolean() })
    fc.assert(
      fc.property(fc.array(use, { minLength: 20 }), (uses) => {
        for (const { token, isNew } of uses) {
          const found = tokens.find(`${token}`)
          if (found) expect(found.subject).toBe(`${token}`)
          else if (isNew) tokens.keep(`${token}`, principal(`${token}`), later)
          expect(tokens.size).toBeLessThanOrEqual(10)
        }
      }),
    )
  })

  it('forgets one at the second at which it expires', () => {
    const clock = manualClock()
    const tokens = new VerifiedTokens(clock)
    tokens.keep('a', principal('a'), later)
    clock.advance('899999ms')
    expect(tokens.find('a')?.subject).toBe('a')
    clock.advance('1ms')
    expect(tokens.find('a')).toBeNull()
    expect(tokens.size).toBe(0)
  })

  it('finds no other text under the same signature', () => {
    const tokens = new VerifiedTokens(manualClock())
    const signature = 's'.repeat(86)
    tokens.keep(`header.ada.${signature}`, principal('ada'), later)
    expect(tokens.find(`header.eve.${signature}`)).toBeNull()
    expect(tokens.find(signature)).toBeNull()
    expect(tokens.find(`header.ada.${signature}`)?.subject).toBe('ada')
  })
})
