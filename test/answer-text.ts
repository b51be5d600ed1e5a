import { setTimeout as delay } from 'node:timers/promises'

// What a stream begins with is there at once; a slow machine only makes it tell less.
const quietMs = 50

/** All of an answer; of a stream, which has no end, what it says before it falls silent. */
export async function answerText(response: Response): Promise<string> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (!isStream || response.body === null) return response.text()
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const next = await Promise.race([reader.read(), delay(quietMs, null)])
    if (next === null || next.done) break
    text += decoder.decode(next.value, { stream: true })
  }
  await reader.cancel()
  return text
}
