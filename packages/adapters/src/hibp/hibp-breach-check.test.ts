import { createHash } from 'node:crypto'
import { memoryFetcher } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { hibpBreachCheck } from './hibp-breach-check.ts'

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const breached = 'correct horse battery staple'

/** What Pwned Passwords answers: the rest of each hash of the range and how often it was seen; padding was seen 0 times. */
function service(counts: Readonly<Record<string, number>>, status = 200) {
  const asked: Request[] = []
  const fetcher = memoryFetcher({
    answer: async (request) => {
      asked.push(request)
      const lines = Object.entries(counts).map(([text, count]) => `${sha1(text).slice(5)}:${count}`)
      return new Response(['0'.repeat(35) + ':3', ...lines].join('\r\n'), { status })
    },
  })
  return { asked, fetcher }
}

describe('the breach check of Have I Been Pwned', () => {
  it('knows a password that was seen, and no other', async () => {
    const { fetcher } = service({ [breached]: 2, padding: 0 })
    const check = hibpBreachCheck({ fetcher })
    expect(await check.isBreached(breached)).toBe(true)
    expect(await check.isBreached('seven new lamps in the attic')).toBe(false)
    expect(await check.isBreached('padding')).toBe(false)
    expect(await hibpBreachCheck({ fetcher, threshold: 3 }).isBreached(breached)).toBe(false)
  })

  it('sends five characters of the hash, and asks for padding', async () => {
    const { asked, fetcher } = service({})
    await hibpBreachCheck({ fetcher }).isBreached(breached)
    expect(asked.map(({ url }) => url)).toEqual([
      `https://api.pwnedpasswords.com/range/${sha1(breached).slice(0, 5)}`,
    ])
    expect(asked[0]?.headers.get('add-padding')).toBe('true')
    expect(asked[0]?.body).toBe(null)
  })

  it.each([404, 429, 503])('rejects when the service answers %i', async (status) => {
    const { fetcher } = service({}, status)
    await expect(hibpBreachCheck({ fetcher }).isBreached(breached)).rejects.toThrow(String(status))
  })
})
