import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import { objectStoreConformance } from '@corbel/core/ports'
import { afterEach, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { s3ObjectStore } from './s3-object-store.ts'
import { s3Server, type S3Server } from './s3-server.fixture.ts'

recordBackend('s3 client against a server of the test')

const opened: { readonly server: S3Server; readonly client: S3Client }[] = []
const unavailable = { code: 'port/unavailable' }
const plain = { contentType: 'text/plain' }

async function fresh(bucket = 'files') {
  const server = await s3Server('files')
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  opened.push({ server, client })
  return { server, store: s3ObjectStore({ client, bucket }) }
}

afterEach(async () => {
  for (const { server, client } of opened.splice(0)) {
    client.destroy()
    await server.close()
  }
})

const mebibyte = new Uint8Array(1_048_576).map((_, i) => i % 251)
const mebibytes = (count: number) => ReadableStream.from(Array.from({ length: count }, () => mebibyte))

describe('s3ObjectStore', () => {
  objectStoreConformance(conforming('object store', 's3'), async () => (await fresh()).store, {
    signs: true,
  })

  test.each([
    [7, 0],
    [8, 1],
    [16, 2],
    [19, 3],
  ])('a body of %d MiB is sent in %d parts', async (count, parts) => {
    const { server, store } = await fresh()
    const info = await store.put('large', mebibytes(count), plain)
    expect(server.requests.filter((kind) => kind === 'PUT part')).toHaveLength(parts)
    expect(info.size).toBe(count * 1_048_576)
    expect(await store.head('large')).toEqual(info)
    const object = await store.get('large')
    const read = Buffer.from(await new Response(object?.body ?? null).arrayBuffer())
    expect(read.equals(Buffer.concat(Array.from({ length: count }, () => mebibyte)))).toBe(true)
    expect(server.openUploads).toBe(0)
  })

  test('bytes at hand are sent in parts as well', async () => {
    const { server, store } = await fresh()
    const { size } = await store.put('large', new Uint8Array(9_000_000), plain)
    expect([size, server.openUploads]).toEqual([9_000_000, 0])
  })

  test('a long body that fails, a part that fails and a key that is taken leave no parts behind', async () => {
    const { server, store } = await fresh()
    await store.put('a', new TextEncoder().encode('first'), plain)
    async function* failing() {
      for (let i = 0; i < 10; i++) yield mebibyte
      throw new Error('the upload broke off')
    }
    await expect(store.put('a', ReadableStream.from(failing()), plain)).rejects.toThrow('broke off')
    server.failNext(/^PUT part/, 403, 'AccessDenied')
    let cancelled = false
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(mebibyte),
      cancel: () => void (cancelled = true),
    })
    await expect(store.put('a', endless, plain)).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(cancelled).toBe(true)
    const taken = store.put('a', mebibytes(9), { ...plain, ifNoneMatch: '*' })
    await expect(taken).rejects.toMatchObject({ code: 'object-store/exists' })
    expect(server.openUploads).toBe(0)
    expect(await new Response((await store.get('a'))?.body ?? null).text()).toBe('first')
  })

  test('a conditional write that meets another one under way says exists only when there is one', async () => {
    const { server, store } = await fresh()
    const once = { ...plain, ifNoneMatch: '*' } as const
    server.failNext(/^PUT object/, 409, 'ConditionalRequestConflict')
    await store.put('again', new Uint8Array(1), once)
    server.failNext(/^PUT object/, 409, 'ConditionalRequestConflict', 100)
    await expect(store.put('small', new Uint8Array(1), once)).rejects.toMatchObject(unavailable)
    await expect(store.put('again', new Uint8Array(2), once)).rejects.toMatchObject({
      code: 'object-store/exists',
    })
    server.failNext(/^POST part/, 409, 'ConditionalRequestConflict', 2)
    await expect(store.put('large', mebibytes(9), once)).rejects.toMatchObject(unavailable)
    await expect(store.put('again', mebibytes(9), once)).rejects.toMatchObject({
      code: 'object-store/exists',
    })
    expect([(await store.head('again'))?.size, server.openUploads]).toEqual([1, 0])
  })

  test('a signed address ends when its time is over', async () => {
    const { server, store } = await fresh()
    await store.put('a', new TextEncoder().encode('x'), plain)
    const url = (await store.signedUrl?.('a', { seconds: 60, fileName: 'a' })) ?? ''
    expect((await fetch(url)).status).toBe(200)
    server.advance(61)
    expect((await fetch(url)).status).toBe(403)
  })

  test('a bucket that is not there and a refusal are failures, not absent objects', async () => {
    const { store } = await fresh('other')
    await expect(store.check?.()).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
    await expect(store.get('a')).rejects.toMatchObject({ name: 'NoSuchBucket' })
    const there = await fresh()
    await there.store.check?.()
    there.server.failNext(/^GET object/, 403, 'AccessDenied')
    await expect(there.store.get('a')).rejects.toMatchObject({ name: 'AccessDenied' })
    there.server.failNext(/^HEAD object/, 503, 'SlowDown')
    await expect(there.store.head('a')).rejects.toMatchObject(unavailable)
  })

  test('a service that says nothing is unavailable when the time is over', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    const store = s3ObjectStore({ client, bucket: 'files', timeoutMs: 50 })
    try {
      await expect(store.head('a')).rejects.toMatchObject(unavailable)
      await expect(store.put('a', new Uint8Array(1), plain)).rejects.toMatchObject(unavailable)
    } finally {
      client.destroy()
      silent.closeAllConnections()
      silent.close()
    }
  })
})
