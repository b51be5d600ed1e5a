import { newId } from '@corbel/core'
import { describe, expect, it } from 'vitest'
import { ApiKeyForm, crc32, isApiKey } from './api-key-form.ts'

const form = new ApiKeyForm('production')

describe('the form of an API key', () => {
  it('names its profile and its id', () => {
    const id = newId('key')
    const key = form.make(id)
    expect(key).toMatch(/^crb_production_[0-9a-z]{85}$/)
    expect([form.idOf(key), isApiKey(key)]).toEqual([id, true])
    expect(new ApiKeyForm('staging').idOf(key)).toBeNull()
  })

  it('is never the same twice', () => {
    const id = newId('key')
    expect(new Set(Array.from({ length: 100 }, () => form.make(id))).size).toBe(100)
  })

  it('does not survive any one character being another', () => {
    const key = form.make(newId('key'))
    for (let i = 0; i < key.length; i++) {
      const other = key[i] === '7' ? '8' : '7'
      expect(form.idOf(key.slice(0, i) + other + key.slice(i + 1)), `at ${i}`).toBeNull()
    }
    for (const other of [`${key} `, ` ${key}`, `${key}0`, key.slice(1), key.toUpperCase(), ''])
      expect(form.idOf(other)).toBeNull()
  })

  it('is checked by the CRC of ISO 3309', () => {
    expect(crc32('123456789')).toBe(0xcbf43926)
    expect(crc32('')).toBe(0)
  })
})
