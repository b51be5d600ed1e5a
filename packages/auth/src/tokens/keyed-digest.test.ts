import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { KeyedDigest } from './keyed-digest.ts'
import { RefreshTokens } from './refresh-tokens.ts'

describe('a keyed digest', () => {
  it('is HMAC-SHA-256 as node:crypto computes it', async () => {
    const expected = createHmac('sha256', 'pepper').update('purpose\0text').digest('base64url')
    expect(await new KeyedDigest('pepper').of('purpose', 'text')).toBe(expected)
  })

  it('depends on the pepper and on the purpose', async () => {
    const digests = await Promise.all([
      new KeyedDigest('one').of('a', 'text'),
      new KeyedDigest('two').of('a', 'text'),
      new KeyedDigest('one').of('b', 'text'),
    ])
    expect(new Set(digests).size).toBe(3)
  })
})

describe('refresh tokens', () => {
  const tokens = new RefreshTokens('pepper')

  it('are 256 bits behind a prefix, each time others', () => {
    const [first, second] = [tokens.first(), tokens.first()]
    expect(first).toMatch(/^crt_[\w-]{43}$/)
    expect(first).not.toBe(second)
  })

  it('have one successor, which is a token itself and has another digest', async () => {
    const token = tokens.first()
    const successor = await tokens.successorOf(token)
    expect(await tokens.successorOf(token)).toBe(successor)
    expect(tokens.isToken(successor)).toBe(true)
    expect(successor).not.toContain(await tokens.digestOf(token))
    expect(await tokens.digestOf(successor)).not.toBe(await tokens.digestOf(token))
  })

  it('have a successor that only the holder of the pepper can derive', async () => {
    const token = tokens.first()
    expect(await new RefreshTokens('another').successorOf(token)).not.toBe(await tokens.successorOf(token))
  })
})
