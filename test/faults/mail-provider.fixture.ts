import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Takes mail as Resend does, and remembers each by its idempotency key. */
export interface MailProvider {
  readonly port: number
  /** Codes of the mails to an address, oldest first. */
  codes(email: string): readonly string[]
  /** Mails that came again under their key with another content. */
  readonly conflicts: number
  close(): Promise<void>
}

export async function startMailProvider(): Promise<MailProvider> {
  const mails = new Map<string, string>()
  let conflicts = 0
  const server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => {
      const key = String(incoming.headers['idempotency-key'])
      const text = Buffer.concat(pieces).toString()
      if (mails.has(key) && mails.get(key) !== text) conflicts++
      mails.set(key, text)
      outgoing.setHeader('content-type', 'application/json')
      outgoing.end(JSON.stringify({ id: key }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    codes: (email) =>
      [...mails.values()]
        .map((text) => JSON.parse(text) as { readonly to: string; readonly text: string })
        .filter(({ to }) => to === email)
        .flatMap(({ text }) => /^cev_\S+$/m.exec(text) ?? []),
    get conflicts() {
      return conflicts
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
