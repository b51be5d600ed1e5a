import fc from 'fast-check'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { readAccessToken } from './access-token-form.ts'

const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' }
const spelt = (payload: unknown): string =>
  [JSON.stringify(header), JSON.stringify(payload), new Uint8Array(64)]
    .map((part) => base64url.encode(part))
    .join('.')

describe('the form of an access token', () => {
  it('is read as it was written, whatever the payload', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const written = spelt(value)
        fc.pre(written.length <= 4096)
        // What JSON cannot tell apart, such as -0, is compared as JSON.
        expect(JSON.stringify(readAccessToken(written)?.payload)).toBe(JSON.stringify(value))
      }),
    )
  })

  it('is never a reason to fail, whatever the text', () => {
    const segment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string().map((text) => base64url.encode(text)),
    )
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        expect(readAccessToken(segments.join('.'))).toBeNull()
      }),
    )
  })

  it('has one spelling: another text is another token or none', () => {
    const token = spelt({ sub: 'usr_1', scope: 'a b' })
    const meaning = (text: string): string | null => {
      const read = readAccessToken(text)
      return read && JSON.stringify([read, [...base64url.decode(text.slice(text.lastIndexOf('.') + 1))]])
    }
    const place = fc.nat({ max: token.length - 1 })
    fc.assert(
      fc.property(place, fc.string({ unit: 'binary', minLength: 0, maxLength: 2 }), (at, text) => {
        const other = token.slice(0, at) + text + token.slice(at + 1)
        fc.pre(other !== token)
        expect(meaning(other)).not.toBe(meaning(token))
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps headers apart, also when there are more of them than are kept', () => {
    for (const _ of [1, 2]) {
      for (let n = 0; n < 40; n++) {
        const segments = [{ ...header, kid: `key-${n}` }, {}].map((part) =>
          base64url.encode(JSON.stringify(part)),
        )
        const read = readAccessToken([...segments, base64url.encode(new Uint8Array(64))].join('.'))
        expect(read?.header).toEqual({ ...header, kid: `key-${n}` })
        expect(read?.signed).toBe(segments.join('.'))
      }
    }
  })
})
