import { type ClientRequest, get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** Reads a feed of numbered events as an EventSource does: comes back with the id of the last event, after the time it was told. */
export interface FeedReader {
  /** Numbers of the events, as they came. */
  readonly numbers: readonly number[]
  /** Streams that ended after a `retry`, and those that broke off. */
  readonly ends: { readonly told: number; readonly broken: number }
  close(): void
}

export interface FeedOptions {
  /** Bytes of each connection after which it is cut. @default never */
  readonly cutAfter?: () => number
  /** Whether it says how far it came; the bad control does not. @default true */
  readonly resumes?: boolean
  /** Milliseconds until it comes back, unless it is told otherwise. @default 100 */
  readonly waitMs?: number
  readonly headers?: Readonly<Record<string, string>>
  /** The number of an event; null for one that does not count. @default its field `number` */
  readonly numberOf?: (data: unknown) => number | null
  /** Is told of each event as it comes. */
  readonly seen?: (number: number) => void
}

const ownNumber = (data: unknown): number => (data as { readonly number: number }).number

export function readFeed(
  url: string,
  {
    cutAfter = () => Infinity,
    resumes = true,
    waitMs: firstWaitMs = 100,
    headers: own = {},
    numberOf = ownNumber,
    seen = () => {},
  }: FeedOptions = {},
): FeedReader {
  const numbers: number[] = []
  const ends = { told: 0, broken: 0 }
  let lastEventId: string | null = null
  let waitMs = firstWaitMs
  let request: ClientRequest | undefined
  const state = { closed: false }

  const readOnce = () =>
    new Promise<void>((resolve) => {
      let rest = ''
      let isTold = false
      const over = (isClean: boolean) => {
        if (!state.closed) ends[isClean && isTold ? 'told' : 'broken']++
        resolve()
      }
      const headers = lastEventId === null || !resumes ? own : { ...own, 'last-event-id': lastEventId }
      request = get(url, { headers, agent: false }, (response) => {
        if (response.statusCode !== 200) {
          response.resume()
          over(false)
          return
        }
        let left = cutAfter()
        response.setEncoding('latin1')
        response.on('data', (chunk: string) => {
          rest += chunk.slice(0, left)
          left -= chunk.length
          const blocks = rest.split('\n\n')
          // What is cut off in its middle never happened (HTML §9.2.6).
          rest = blocks.pop() ?? ''
          for (const block of blocks) {
            const fields = new Map(
              block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]),
            )
            const retry = fields.get('retry')
            isTold = retry !== undefined
            if (retry !== undefined) waitMs = Number(retry)
            const data = fields.get('data')
            if (data === undefined) continue
            lastEventId = fields.get('id') ?? lastEventId
            const number = numberOf(JSON.parse(data))
            if (number === null) continue
            numbers.push(number)
            seen(number)
          }
          if (left <= 0) response.destroy()
        })
        response.on('close', () => over(response.complete))
      })
      request.on('error', () => over(false))
    })

  void (async () => {
    while (!state.closed) {
      await readOnce()
      await delay(waitMs)
    }
  })()

  return {
    numbers,
    ends,
    close() {
      state.closed = true
      request?.destroy()
    },
  }
}

/** How many of the events `1..count` a reader missed, and how many it was told more than once or out of order. */
export function judgeFeed(
  { numbers }: FeedReader,
  count: number,
): { readonly lost: number; readonly repeated: number } {
  const distinct = new Set(numbers)
  const repeated = numbers.filter((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)).length
  return { lost: count - distinct.size, repeated }
}
