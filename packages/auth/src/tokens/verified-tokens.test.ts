import type { Principal } from '@corbel/core'
import { manualClock } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { VerifiedTokens } from './verified-tokens.ts'

const principal = (role: string) => ({ role }) as Principal
const later = new Date('2026-01-01T00:15:00Z')

describe('verified tokens', () => {
  it('forgets the least recently used one', () => {
    const tokens = new VerifiedTokens(manualClock(), 2)
    tokens.keep('a', principal('a'), later)
    tokens.keep('b', principal('b'), later)
    tokens.find('a')
    tokens.keep('c', principal('c'), later)
    expect(['a', 'b', 'c'].map((token) => tokens.find(token)?.role)).toEqual(['a', undefined, 'c'])
    expect(tokens.size).toBe(2)
  })

  it('forgets one at the second at which it expires', () => {
    const clock = manualClock()
    const tokens = new VerifiedTokens(clock)
    tokens.keep('a', principal('a'), later)
    clock.advance('899999ms')
    expect(tokens.find('a')?.role).toBe('a')
    clock.advance('1ms')
    expect(tokens.find('a')).toBeNull()
    expect(tokens.size).toBe(0)
  })
})
