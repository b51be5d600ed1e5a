import { describe, expect, it } from 'vitest'
import type { RateLimit } from '../contract/contract.ts'
import { quotaResolver } from './settings-quota.ts'

const limit: RateLimit = { name: 'sign-in', by: 'ip', limit: 10, window: '1m', setting: 'SIGN_IN_LIMIT' }

describe('quotaResolver', () => {
  it('takes the declared limit when no setting replaces it', () => {
    const { setting: _, ...fixed } = limit
    expect(quotaResolver(new Map())(fixed)).toEqual({ limit: 10, windowMs: 60_000 })
  })

  it('takes the limit of the setting', () => {
    expect(quotaResolver(new Map([['SIGN_IN_LIMIT', 3]]))(limit)).toEqual({ limit: 3, windowMs: 60_000 })
  })

  it('turns the quota off at 0', () => {
    expect(quotaResolver(new Map([['SIGN_IN_LIMIT', 0]]))(limit)).toBeNull()
  })

  it('does not take a setting that nobody declares, or that is no number', () => {
    expect(() => quotaResolver(new Map())(limit)).toThrow('SIGN_IN_LIMIT')
    expect(() => quotaResolver(new Map([['SIGN_IN_LIMIT', '3']]))(limit)).toThrow('SIGN_IN_LIMIT')
  })
})
