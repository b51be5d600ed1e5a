import { race, racers, winners } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { passwordHasherConformance } from '../ports/password-hasher.conformance.ts'
import type { PasswordHasher } from '../ports/password-hasher.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { cheapHasher } from '../../../../test/auth/cheap-hasher.fixture.ts'
import { boundedHasher, defaultConcurrency } from './bounded-hasher.ts'

/** Ends a hash only when told to, and knows how many are under way. */
function gated() {
  const ends: ((end: { readonly ok: boolean }) => void)[] = []
  const started: string[] = []
  const hasher: PasswordHasher = {
    hash: async (text) => {
      started.push(text)
      const { ok } = await new Promise<{ readonly ok: boolean }>((resolve) => ends.push(resolve))
      if (!ok) throw new Error('on purpose')
      return text
    },
    verify: async () => true,
    needsRehash: () => false,
  }
  return { hasher, started, end: (ok = true) => ends.shift()?.({ ok }) }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a bounded hasher', () => {
  passwordHasherConformance(conforming('password hasher', 'bounded'), async () =>
    boundedHasher(cheapHasher, { concurrency: 2, queue: 8 }),
  )

  it('runs so many at a time, lets so many wait, and refuses the others at once', async () => {
    const { hasher, started, end } = gated()
    const bounded = boundedHasher(hasher, { concurrency: 2, queue: 3 })
    const results = race((racer) => bounded.hash(String(racer)))
    await turn()
    expect(started).toEqual(['0', '1'])
    for (const next of ['2', '3', '4']) {
      end()
      await turn()
      expect(started.at(-1)).toBe(next)
    }
    end()
    end()
    const settled = await results
    expect(winners(settled)).toEqual(['0', '1', '2', '3', '4'])
    const reasons = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(reasons).toHaveLength(racers - 5)
    for (const reason of reasons)
      expect(reason).toMatchObject({ code: 'auth/hashing-busy', status: 503, details: { retryAfter: 1 } })
  })

  it('gives the place of a hash that failed to the next, and has all places again afterwards', async () => {
    const { hasher, started, end } = gated()
    const bounded = boundedHasher(hasher, { concurrency: 1, queue: 1 })
    const [failed, waited] = [bounded.hash('a'), bounded.hash('b')]
    await turn()
    end(false)
    await expect(failed).rejects.toThrow('on purpose')
    await turn()
    end()
    expect(await waited).toBe('b')
    const last = bounded.hash('c')
    await turn()
    end()
    expect(await last).toBe('c')
    expect(started).toEqual(['a', 'b', 'c'])
  })
})

describe('the number of hashes at a time', () => {
  it.each([
    [1, 1],
    [2, 1],
    [4, 3],
    [64, 3],
  ])('leaves a core of %i and a thread of libuv: %i', (cores, hashes) => {
    expect(defaultConcurrency(cores)).toBe(hashes)
  })
})
