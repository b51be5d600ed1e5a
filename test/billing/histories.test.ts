import { expect, test } from 'vitest'
import { openStorage, openTimeout } from '../storages.ts'
import { live } from './history.fixture.ts'

// A thousand of them, and what catches them when they go wrong, are a lab: `npm run faults -- billing-histories`.
const seeds = Array.from({ length: 12 }, (_, index) => index + 1)

test(
  'whatever happens and whatever gets lost on the way, we end as the gateway does, and nothing happens twice',
  async () => {
    const wrong: string[] = []
    let events = 0
    for (const seed of seeds) {
      const history = await live(seed, await openStorage('memory'))
      events += history.events
      wrong.push(...history.wrong.map((what) => `seed ${seed}: ${what}`))
    }
    expect(wrong).toEqual([])
    expect(events).toBeGreaterThan(20 * seeds.length)
  },
  openTimeout,
)
