import { describe, expect, it } from 'vitest'
import type { RateLimit } from '../contract/contract.ts'
import { limitResolver } from './settings-limit.ts'

const limit: RateLimit = { name: 'sign-in', by: 'ip', limit: 10, window: '1m', setting: 'SIGN_IN_LIMIT' }

describe('limitResolver', () => {
  it('takes the declared limit when no setting replaces it', () => {
    const { setting: _, ...fixed } = limit
    expect(limitResolver(new Map())(fixed)).toBe(10)
  })

  it('takes the limit of the setting', () => {
    expect(limitResolver(new Map([['SIGN_IN_LIMIT', 3]]))(limit)).toBe(3)
  })

  it('turns the quota off at 0', () => {
    expect(limitResolver(new Map([['SIGN_IN_LIMIT', 0]]))(limit)).toBe(0)
  })

  it('does not take a setting that nobody declares, or that is no number', () => {
    expect(() => limitResolver(new Map())(limit)).toThrow('SIGN_IN_LIMIT')
    expect(() => limitResolver(new Map([['SIGN_IN_LIMIT', '3']]))(limit)).toThrow('SIGN_IN_LIMIT')
  })
})
