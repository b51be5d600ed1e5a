import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dnsDomainVerifier } from './dns-domain-verifier.ts'

/** RFC 1035 §4: NXDOMAIN for a name that is not here, SERVFAIL for one without texts. */
const zone: Readonly<Record<string, readonly (readonly string[])[] | 'fails'>> = {
  'one.test': [['corbel-verification=x'], ['v=spf1 ', '-all']],
  'empty.test': [],
  'broken.test': 'fails',
}

const server = createSocket('udp4')
let servers: readonly string[]

beforeAll(async () => {
  server.on('message', (query, { port, address }) => server.send(answer(query), port, address))
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve))
  servers = [`127.0.0.1:${(server.address() as AddressInfo).port}`]
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

function answer(query: Buffer): Buffer {
  let at = 12
  const labels: string[] = []
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const question = query.subarray(12, at + 5)
  const known = zone[labels.join('.').toLowerCase()]
  const texts = Array.isArray(known) ? (known as readonly (readonly string[])[]) : []
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  const code = known === undefined ? 3 : known === 'fails' ? 2 : 0
  header.writeUInt16BE(0x8580 | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(texts.length, 6)
  const records = texts.map((pieces) => {
    const data = Buffer.concat(pieces.flatMap((piece) => [Buffer.from([piece.length]), Buffer.from(piece)]))
    const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0])
    head.writeUInt16BE(data.length, 10)
    return Buffer.concat([head, data])
  })
  return Buffer.concat([header, question, ...records])
}

test('all texts of a name are listed, each in one piece', async () => {
  const texts = await dnsDomainVerifier({ servers }).listTexts('one.test')
  expect(texts.toSorted()).toEqual(['corbel-verification=x', 'v=spf1 -all'])
})

test('a name that does not exist, or has no texts, has none', async () => {
  const verifier = dnsDomainVerifier({ servers })
  expect(await verifier.listTexts('nowhere.test')).toEqual([])
  expect(await verifier.listTexts('empty.test')).toEqual([])
})

test('a server that fails tells nothing, and that is no answer', async () => {
  await expect(dnsDomainVerifier({ servers }).listTexts('broken.test')).rejects.toMatchObject({
    code: 'ESERVFAIL',
  })
})
