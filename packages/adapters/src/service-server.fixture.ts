import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface FakeReply {
  readonly status: number
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** A service on loopback that answers with JSON. */
export async function serviceServer(answer: (request: FakeRequest) => FakeReply) {
  const requests: string[] = []
  let next: {
    readonly matches: RegExp
    readonly reply: FakeReply
    times: number
    readonly after: boolean
  } | null = null
  const server = createServer((incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const { method = '', url = '/', headers } = incoming
      const request = {
        method,
        headers,
        url: new URL(url, 'http://loopback'),
        text: Buffer.concat(chunks).toString('utf8'),
      }
      const target = headers['x-amz-target']
      const line = `${method} ${typeof target === 'string' ? target.replace('secretsmanager.', '') : url}`
      requests.push(line)
      const failing = next !== null && next.times > 0 && next.matches.test(line) ? next : null
      if (failing) failing.times -= 1
      if (!failing || failing.after) {
        const { status, body, headers: more } = answer(request)
        if (!failing) {
          response.writeHead(status, { 'content-type': 'application/json', ...more })
          response.end(body === undefined ? '' : JSON.stringify(body))
          return
        }
      }
      if (failing.reply.status === 0) return void incoming.socket.destroy()
      response.writeHead(failing.reply.status, {
        'content-type': 'application/json',
        ...failing.reply.headers,
      })
      response.end(JSON.stringify(failing.reply.body ?? {}))
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Method and target of each, oldest first. */
    requests,
    /** Answers the next requests that match so; status 0 cuts the connection. @param after - Whether the work is done before. */
    failNext: (matches: RegExp, reply: FakeReply, { times = 1, after = false } = {}) =>
      void (next = { matches, reply, times, after }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const jsonIn = ({ text }: FakeRequest): Readonly<Record<string, unknown>> =>
  text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>)
