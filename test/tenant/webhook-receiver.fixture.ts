import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
}

export interface Receiver {
  readonly url: string
  /** Everything but challenges, oldest first. */
  readonly received: Received[]
  readonly challenges: Received[]
  /** Answers what is not a challenge. @default 204 */
  answer: (response: ServerResponse, received: Received) => void
  /** Answers a challenge. @default with what was asked for */
  answerChallenge: (response: ServerResponse, challenge: string) => void
  close(): void
}

/** A server of a customer's, on the loopback. */
export async function openReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const received: Received = { headers: request.headers, text, body: JSON.parse(text) }
    if (received.body.type === 'webhook.challenge') {
      receiver.challenges.push(received)
      return receiver.answerChallenge(response, String(received.body.data['challenge']))
    }
    receiver.received.push(received)
    receiver.answer(response, received)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    challenges: [],
    answer: (response) => response.writeHead(204).end(),
    answerChallenge: (response, challenge) => response.end(JSON.stringify({ challenge })),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return receiver
}
