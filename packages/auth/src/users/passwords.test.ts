import { describe, expect, it } from 'vitest'
import type { PasswordHasher } from '../ports/password-hasher.ts'
import type { PepperRing } from '../tokens/pepper-ring.ts'
import { Passwords } from './passwords.ts'

/** Cuts its input after 72 bytes, as bcrypt does, and can be read. */
const cutting = (): PasswordHasher & { readonly seen: string[] } => {
  const seen: string[] = []
  const cut = (text: string) => text.slice(0, 72)
  return {
    seen,
    hash: async (text) => (seen.push(text), `cut$${cut(text)}`),
    verify: async (text, phc) => (seen.push(phc), phc === `cut$${cut(text)}`),
    needsRehash: (phc) => !phc.startsWith('cut$'),
  }
}

const v1 = { id: 'v1', secret: 'p'.repeat(32) }
const v2 = { id: 'v2', secret: 'q'.repeat(32) }
const passwordsWith = (ring: PepperRing, hasher: PasswordHasher = cutting()) => new Passwords(hasher, ring)

describe('passwords', () => {
  it('W-01: tells apart two that share their first 72 bytes, even behind a hash that reads no more', async () => {
    const passwords = passwordsWith([v1])
    const [right, wrong] = [`${'x'.repeat(72)} right`, `${'x'.repeat(72)} wrong`]
    const credential = await passwords.hash(right)
    expect(await passwords.verify(right, credential)).toBe(true)
    expect(await passwords.verify(wrong, credential)).toBe(false)
  })

  it('W-01: does not become every password behind a long pepper', async () => {
    const passwords = passwordsWith([{ id: 'v1', secret: 'p'.repeat(100) }])
    const credential = await passwords.hash('correct horse battery staple')
    expect(await passwords.verify('incorrect horse battery staple', credential)).toBe(false)
  })

  it('are the same in every Unicode spelling', async () => {
    const passwords = passwordsWith([v1])
    const credential = await passwords.hash('pässwort für alle')
    expect(await passwords.verify('pässwort für alle'.normalize('NFD'), credential)).toBe(true)
  })

  it('count their spaces and their case', async () => {
    const passwords = passwordsWith([v1])
    const credential = await passwords.hash(' Correct horse ')
    expect(await passwords.verify('Correct horse', credential)).toBe(false)
    expect(await passwords.verify(' correct horse ', credential)).toBe(false)
  })

  it('reach the slow hash only behind the pepper', async () => {
    const hasher = cutting()
    await passwordsWith([v1], hasher).hash('correct horse battery staple')
    expect(hasher.seen.join()).not.toContain('horse')
  })

  it('are verified with the pepper that they were made with, and are stale then', async () => {
    const credential = await passwordsWith([v1]).hash('correct horse battery staple')
    const rotated = passwordsWith([v2, v1])
    expect(await rotated.verify('correct horse battery staple', credential)).toBe(true)
    expect(rotated.isStale(credential)).toBe(true)
    expect(rotated.isStale(await rotated.hash('correct horse battery staple'))).toBe(false)
    expect(rotated.isStale({ passwordHash: 'other$x', pepperId: 'v2' })).toBe(true)
  })

  it('are wrong when their pepper is gone', async () => {
    const credential = await passwordsWith([v1]).hash('correct horse battery staple')
    expect(await passwordsWith([v2]).verify('correct horse battery staple', credential)).toBe(false)
  })

  it('cost one slow verification whether or not there is an account', async () => {
    const hasher = cutting()
    const passwords = passwordsWith([v1], hasher)
    const credential = await passwords.hash('correct horse battery staple')
    await passwords.prepare()
    hasher.seen.length = 0
    expect(await passwords.verify('any password at all', null)).toBe(false)
    await passwords.verify('any password at all', credential)
    const [nobody, somebody, ...more] = hasher.seen
    expect(more).toEqual([])
    expect(nobody).toMatch(/^cut\$[\w-]{43}$/)
    expect(nobody).toHaveLength(somebody?.length ?? 0)
  })
})
