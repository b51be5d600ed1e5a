import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@corbel/core'
import pg from 'pg'
import { test } from 'vitest'
import { postgresUrl } from '../storages.ts'
import { bearer, newToken, startHost } from './fault-host.fixture.ts'
import { type FeedReader, judgeFeed, readFeed } from './feed-reader.fixture.ts'
import { endChild } from './postgres-cluster.fixture.ts'
import { expectFault, ms, quantile } from './report.fixture.ts'

const clients = 1000
const dropped = 100
const events = 200
const everyMs = 100
const mostBytes = 20_000

const base = await postgresUrl()

/** What a rename says of itself: its number is in the name. */
const numberOf = (notice: unknown): number | null => {
  const { data } = notice as { readonly data: { readonly name?: string } }
  return data.name === undefined ? null : Number(data.name.slice('Tenant '.length))
}

test.skipIf(base === null)(
  'activity: 1,000 clients follow one tenant at one replica; who is cut off misses nothing and gets nothing twice',
  async () => {
    const schema = newId('corbel_test')
    const admin = new pg.Client({ connectionString: base ?? '' })
    await admin.connect()
    await admin.query(`create schema ${schema}`)
    const address = new URL(base ?? '')
    address.searchParams.set('options', `-c search_path=${schema}`)
    const folder = mkdtempSync(join(tmpdir(), 'corbel-activity-'))
    const host = await startHost(folder, { DATABASE_URL: address.href })
    const feeds: FeedReader[] = []
    try {
      const headers = bearer(await newToken(host.url, 'ada@example.com'))
      const sentAt = new Map<number, number>()
      const latencies: number[] = []
      const rename = async (number: number) => {
        sentAt.set(number, performance.now())
        const answer = await fetch(`${host.url}/api/v1/tenants/account`, {
          method: 'PATCH',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ name: `Tenant ${number}` }),
        })
        if (answer.status !== 200) throw new Error(`Renaming answered ${answer.status}.`)
      }
      const follow = (more: Parameters<typeof readFeed>[1]) => {
        const feed = readFeed(`${host.url}/api/v1/activity/stream?after=0`, {
          headers,
          numberOf,
          waitMs: 10,
          ...more,
        })
        feeds.push(feed)
        return feed
      }
      const isAt = (feed: FeedReader, number: number) => feed.numbers.at(-1) === number

      // All of them are there before it begins.
      await rename(0)
      const steady = Array.from({ length: clients - dropped }, () =>
        follow({
          seen: (number) => number > 0 && latencies.push(performance.now() - (sentAt.get(number) ?? 0)),
        }),
      )
      const cutAfter = () => Math.floor(Math.random() * mostBytes)
      const cut = Array.from({ length: dropped }, () => follow({ cutAfter }))
      while ([...steady, ...cut].some((feed) => !isAt(feed, 0))) await delay(50)
      const control = follow({ cutAfter: () => mostBytes / 2, resumes: false })

      for (let number = 1; number <= events; number++) {
        await rename(number)
        await delay(everyMs)
      }
      while ([...steady, ...cut].some((feed) => !isAt(feed, events))) await delay(50)

      const judge = (list: readonly FeedReader[]) => {
        const verdicts = list.map((feed) => judgeFeed(feed, events + 1))
        return {
          lost: verdicts.reduce((sum, { lost }) => sum + lost, 0),
          repeated: verdicts.reduce((sum, { repeated }) => sum + repeated, 0),
        }
      }
      const demandsOf = ({ lost, repeated }: ReturnType<typeof judge>) => ({
        'no event is lost': lost === 0,
        'no event is repeated': repeated === 0,
      })
      const verdict = judge([...steady, ...cut])
      const figures = {
        clients,
        events,
        ...verdict,
        cuts: cut.reduce((sum, { ends }) => sum + ends.broken, 0),
        p50Ms: ms(quantile(latencies, 0.5)),
        p99Ms: ms(quantile(latencies, 0.99)),
        mostMs: ms(quantile(latencies, 1)),
        load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
      }
      expectFault('activity', figures, demandsOf(verdict), demandsOf(judge([control])))
    } finally {
      for (const feed of feeds) feed.close()
      await endChild(host.child)
      await admin.query(`drop schema ${schema} cascade`)
      await admin.end()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
