import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

export interface NameServer {
  /** `127.0.0.1:<port>` */
  readonly address: string
  /** One text by name. */
  readonly texts: Map<string, string>
  close(): Promise<void>
}

/** A name server of texts on a port of this machine (RFC 1035); every other name does not exist. */
export async function nameServer(): Promise<NameServer> {
  const texts = new Map<string, string>()
  const server = createSocket('udp4')
  server.on('message', (query, { port, address }) => server.send(answer(query, texts), port, address))
  await new Promise<void>((resolve) => void server.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

function answer(query: Buffer, texts: ReadonlyMap<string, string>): Buffer {
  let at = 12
  const labels: string[] = []
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const text = texts.get(labels.join('.').toLowerCase())
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  // An answer with authority; 3: there is no such name.
  header.writeUInt16BE(text === undefined ? 0x8583 : 0x8580, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(text === undefined ? 0 : 1, 6)
  const question = query.subarray(12, at + 5)
  if (text === undefined) return Buffer.concat([header, question])
  // Of the name of the question, TXT, IN, for no time, this long.
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, text.length + 1, text.length])
  return Buffer.concat([header, question, head, Buffer.from(text)])
}
