import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretLength, weakness } from './settings-secrets.ts'

const placeholder = 'It contains a well-known placeholder word.'
const short = `It is shorter than ${secretLength} characters.`
const repeats = 'It repeats itself, so it can be guessed.'
const password = 'Its password is a well-known placeholder.'

const table: readonly (readonly [secret: string, weakness: string | null])[] = [
  ['change-me', placeholder],
  ['ChangeMe-ChangeMe-ChangeMe-ChangeMe-1', placeholder],
  ['please_change_me_before_you_deploy_this', placeholder],
  ['my-super-secret-key-that-is-very-long!!', placeholder],
  ['password1234567890password1234567890', placeholder],
  ['example-key-8Qw3zT6mK1pV5rX9bN2cF7hJ4', placeholder],
  ['sk_test_8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sL', placeholder],
  ['dev-8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLyA', placeholder],
  ['local.8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLyA', placeholder],
  ['<paste the key of your provider in here>', placeholder],
  ['0123456789abcdef0123456789abcdef', placeholder],
  ['8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLy', short],
  ['x', short],
  ['a'.repeat(64), repeats],
  ['8Qw3zT6mK1pV5rX9'.repeat(2), repeats],
  ['aabbccaabbccaabbccaabbccaabbccaabbcd', repeats],
  ['8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLyA', null],
  // A word inside a longer run of letters is chance.
  ['8Qw3zT6mK1pV5rXdevN2cF7htestgD0sLyA', null],
  ['correct horse battery staple, and one more', null],
  ['postgres://corbel:8Qw3zT6m@db.example.com/corbel', null],
  ['postgres://corbel@db.example.com/corbel', null],
  ['postgres://corbel:postgres@db.internal/corbel', password],
  ['postgres://corbel:changeme@db.internal/corbel', password],
  ['redis://:password@cache.internal:6379', password],
]

describe('weakness', () => {
  it.each(table)('%s: %s', (secret, expected) => {
    expect(weakness(secret)).toBe(expected)
  })

  it('takes every random secret of 32 bytes, in base 64 and in hexadecimal', () => {
    const bytes = fc.uint8Array({ minLength: secretLength, maxLength: secretLength, max: 255 })
    // fast-check likes small and repeated bytes, so only what is spread out counts as random here.
    const random = bytes.filter((value) => new Set(value).size > 24)
    fc.assert(
      fc.property(random, (value) => {
        expect(weakness(Buffer.from(value).toString('base64'))).toBeNull()
        expect(weakness(Buffer.from(value).toString('hex'))).toBeNull()
      }),
    )
  })

  it('copes with long values', () => {
    expect(weakness('9fQ3zT6m'.repeat(12_500))).toBe(repeats)
    expect(weakness(`${'9fQ3zT6m'.repeat(12_500)}z`)).toBeNull()
  })
})
