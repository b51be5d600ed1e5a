/** One event of the stream of a run. */
export interface RunEvent {
  readonly id: number
  readonly chunk: {
    readonly type: string
    readonly delta?: string
    readonly toolName?: string
    readonly approvalId?: string
    readonly output?: unknown
    readonly data?: Readonly<Record<string, unknown>>
    readonly messageMetadata?: Readonly<Record<string, unknown>>
  }
}

export interface RunRequest {
  readonly url: string
  readonly token: string
  /** What is said; absent, what was said before is read on. */
  readonly body?: object
  readonly lastEventId?: number
}

const eventForm = /^id: (\d+)\ndata: (.*)$/gm

/** Reads a stream to its end, or cuts the connection at the first event that is enough. */
export async function readRun(
  { url, token, body, lastEventId }: RunRequest,
  isEnough: (event: RunEvent) => boolean = () => false,
): Promise<readonly RunEvent[]> {
  const cut = new AbortController()
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    signal: cut.signal,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (response.status !== 200 || !response.body)
    throw new Error(`${url} answered ${response.status} ${await response.text()}`)
  let text = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece
    const events = eventsIn(text)
    const enough = events.findIndex(isEnough)
    if (enough === -1) continue
    cut.abort()
    return events.slice(0, enough + 1)
  }
  return eventsIn(text)
}

const eventsIn = (text: string): readonly RunEvent[] =>
  // Only what is whole.
  [...text.slice(0, text.lastIndexOf('\n\n') + 1).matchAll(eventForm)].map(([, id, data]) => ({
    id: Number(id),
    chunk: JSON.parse(data ?? '') as RunEvent['chunk'],
  }))

export const saidIn = (events: readonly RunEvent[]): string =>
  events.map(({ chunk }) => chunk.delta ?? '').join('')
