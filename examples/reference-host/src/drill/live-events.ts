import { setTimeout as delay } from 'node:timers/promises'

export interface LiveEvent {
  readonly id: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Reads what a tenant is told, as it is told: whoever cuts it off, it goes on after the last id that it saw. */
export class LiveEvents {
  /** Each event once, in the order in which it came. */
  readonly seen: LiveEvent[] = []
  /** How often it had to come back, and how often it was told that its place is not known. */
  connections = 0
  resets = 0
  readonly #known = new Set<string>()
  readonly #end = new AbortController()
  readonly #reading: Promise<void>

  /** @param url - A host that is there; asked whenever it connects. */
  constructor(url: () => string, token: string, onEvent: (event: LiveEvent) => void) {
    this.#reading = this.#read(url, token, onEvent)
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#reading
  }

  async #read(url: () => string, token: string, onEvent: (event: LiveEvent) => void): Promise<void> {
    const { signal } = this.#end
    for (let place = ''; !signal.aborted; await delay(100)) {
      try {
        const headers = { authorization: `Bearer ${token}`, ...(place && { 'last-event-id': place }) }
        const response = await fetch(`${url()}/api/v1/billing/stream`, { headers, signal })
        if (response.status !== 200 || !response.body) continue
        this.connections++
        let text = ''
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
          const frames = (text + chunk).split('\n\n')
          text = frames.pop() ?? ''
          for (const frame of frames) place = this.#take(frame, onEvent) ?? place
        }
      } catch {
        // The host is gone, or we are.
      }
    }
  }

  /** The place after a frame; undefined for one without. */
  #take(frame: string, onEvent: (event: LiveEvent) => void): string | undefined {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1]
    const [name, id, data] = [field('event'), field('id'), field('data')]
    if (name === 'reset') this.resets++
    const event = name === undefined && data !== undefined ? (JSON.parse(data) as LiveEvent) : null
    if (event && !this.#known.has(event.id)) {
      this.#known.add(event.id)
      this.seen.push(event)
      onEvent(event)
    }
    return id
  }
}
