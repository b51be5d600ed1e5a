import { describe, expect, it } from 'vitest'
import { email } from './text.ts'

const codes = (text: string) => email.safeParse(text).error?.issues.map(({ code }) => code)

describe('an address', () => {
  it('of more than 254 characters is refused for that, before any pattern looks at it', () => {
    expect(codes(`${'a'.repeat(1_000_000)}@example.com`)).toEqual(['too_big'])
    expect(codes('@'.repeat(255))).toEqual(['too_big'])
    expect(codes('@'.repeat(254))).not.toEqual(['too_big'])
    expect(codes('ada@example.com')).toBeUndefined()
  })
})
