import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { File, FileLink } from '@corbel/agents'
import { type Id, newId, type Page } from '@corbel/core'
import { memoryObjectStore, type ObjectStore, recordingLogger, recordingTracer } from '@corbel/core/ports'
import { backends, openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'

interface Problem {
  readonly code: string
}

const text = (value: string) => new TextEncoder().encode(value)
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)
const origin = 'http://127.0.0.1:3000'

/** Fails on demand, as a store does that is down. */
function frail(): { readonly store: ObjectStore; readonly fails: Set<'put' | 'delete'> } {
  const fails = new Set<'put' | 'delete'>()
  const store = memoryObjectStore()
  const refuse = async (): Promise<never> => {
    throw new Error('The store is down.')
  }
  return {
    fails,
    store: {
      ...store,
      put: (...args) => (fails.has('put') ? refuse() : store.put(...args)),
      delete: (key) => (fails.has('delete') ? refuse() : store.delete(key)),
    },
  }
}

describe.each(await backends())('files on %s', (backend) => {
  const { store, fails } = frail()
  const logger = recordingLogger()
  const tracer = recordingTracer()
  let app: AgentsApp
  let ada: Person
  let eve: Person
  beforeAll(async () => {
    const settings = { AGENT_FILE_MAX_BYTES: '2048', AGENT_FILE_QUOTA_BYTES: '4096', MAX_BODY_BYTES: '1024' }
    app = await agentsApp(backend, settings, {}, { objectStore: store, logger, tracer })
    ada = await app.person('ada')
    eve = await app.person('eve')
  }, openTimeout)
  afterAll(() => app.close())

  async function upload(
    { token }: Person,
    bytes: Uint8Array<ArrayBuffer>,
    contentType: string,
    name = 'notes.txt',
  ) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': contentType }
    const address = `${origin}/api/v1/files?name=${encodeURIComponent(name)}`
    const request = new Request(address, { method: 'POST', headers, body: bytes })
    const response = await app.stack.fetch(request, { remoteAddress: '192.0.2.1' })
    return { status: response.status, body: (await response.json()) as File }
  }
  const refused = async (...args: Parameters<typeof upload>): Promise<readonly [number, string]> => {
    const { status, body } = await upload(...args)
    return [status, (body as Partial<Problem>).code ?? '']
  }
  const objects = async (): Promise<readonly string[]> =>
    (await store.list('agents/files/', { limit: 1000, after: null })).data.map(({ key }) => key)
  const list = async ({ token }: Person): Promise<readonly File[]> =>
    (await app.send<Page<File>>('GET', '/api/v1/files', token)).body.data
  const keyOf = ({ tenantId }: Person, { id }: Pick<File, 'id'>): string => `agents/files/${tenantId}/${id}`

  test('is uploaded, listed, read, downloaded and deleted with its bytes', async () => {
    const bytes = text('# Plans\n'.repeat(200))
    const { status, body: file } = await upload(ada, bytes, 'text/markdown; charset=utf-8', 'Žluť 🌱.md')
    expect(status).toBe(201)
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    expect(file).toMatchObject({
      name: 'Žluť 🌱.md',
      contentType: 'text/markdown',
      size: 1600,
      sha256: digest,
    })
    expect(await list(ada)).toEqual([file])
    expect((await app.send('GET', `/api/v1/files/${file.id}`, ada.token)).body).toEqual(file)
    const content = await app.send('GET', `/api/v1/files/${file.id}/content`, ada.token)
    expect(content.text).toBe('# Plans\n'.repeat(200))
    expect((await app.send('DELETE', `/api/v1/files/${file.id}`, ada.token)).status).toBe(204)
    expect((await app.send('GET', `/api/v1/files/${file.id}/content`, ada.token)).status).toBe(404)
    expect([await list(ada), await objects()]).toEqual([[], []])
  })

  test('is saved by browsers and never shown', async () => {
    const { body: file } = await upload(ada, text('<script>alert(1)</script>'), 'text/plain', 'a.html')
    const { headers } = await app.send('GET', `/api/v1/files/${file.id}/content`, ada.token)
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="a\.html"$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-type')).toBe('text/plain')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    await app.send('DELETE', `/api/v1/files/${file.id}`, ada.token)
  })

  test.each([
    ['nothing at all', 422, 'files/empty', new Uint8Array(), 'text/plain'],
    ['more than the setting allows', 413, 'files/too-large', new Uint8Array(2049).fill(65), 'text/plain'],
    ['a type that browsers run', 415, 'http/unsupported-media-type', text('<p>'), 'text/html'],
    ['a picture that runs scripts', 415, 'http/unsupported-media-type', text('<svg/>'), 'image/svg+xml'],
    ['a page that says it is a picture', 422, 'files/type-mismatch', text('<html>'), 'image/png'],
    ['a picture that says it is text', 422, 'files/type-mismatch', png, 'text/plain'],
    ['a picture of another kind', 422, 'files/type-mismatch', png, 'image/jpeg'],
    ['a PDF that says it is text', 422, 'files/type-mismatch', text('%PDF-1.7 <script>'), 'text/plain'],
    ['a program that says it is text', 422, 'files/type-mismatch', Uint8Array.of(77, 90, 0, 1), 'text/csv'],
    ['text that is not UTF-8', 422, 'files/type-mismatch', Uint8Array.of(65, 0xff), 'text/plain'],
    ['JSON that is none', 422, 'files/type-mismatch', text('{"a":'), 'application/json'],
  ] as const)('%s is refused, and changes nothing', async (_, status, code, bytes, contentType) => {
    expect(await refused(ada, new Uint8Array(bytes), contentType)).toEqual([status, code])
    expect([await list(ada), await objects()]).toEqual([[], []])
  })

  test.each([
    '../../etc/passwd',
    'a/b',
    'a\\b',
    '..',
    ' ',
    'a\u0000b',
    'a\r\nb',
    'gnp\u202Eexe.png',
    'x'.repeat(201),
  ])('the name %j is refused', async (name) => {
    expect(await refused(ada, text('a'), 'text/plain', name)).toEqual([400, 'http/invalid-request'])
    expect(await objects()).toEqual([])
  })

  test('of another tenant it does not exist', async () => {
    const { body: file } = await upload(ada, png, 'image/png', 'a.png')
    for (const path of ['', '/content'])
      expect((await app.send('GET', `/api/v1/files/${file.id}${path}`, eve.token)).status).toBe(404)
    expect((await app.send('DELETE', `/api/v1/files/${file.id}`, eve.token)).status).toBe(404)
    const bob = await app.colleague(ada, `bob-${backend}`)
    expect((await app.send('GET', `/api/v1/files/${file.id}/content`, bob.token)).status).toBe(404)
    expect([await list(eve), await list(bob)]).toEqual([[], []])
    expect((await app.send('DELETE', `/api/v1/files/${file.id}`, ada.token)).status).toBe(204)
  })

  test('all of a tenant have the room that there is, and what is deleted makes room', async () => {
    const half = new Uint8Array(2048).fill(65)
    const [first] = [await upload(eve, half, 'text/plain'), await upload(eve, half, 'text/plain')]
    expect(await refused(eve, text('a'), 'text/plain')).toEqual([409, 'files/quota-exceeded'])
    expect((await upload(ada, text('a'), 'text/plain')).status).toBe(201)
    await app.send('DELETE', `/api/v1/files/${first.body.id}`, eve.token)
    expect((await upload(eve, half, 'text/plain')).status).toBe(201)
    for (const person of [ada, eve])
      for (const { id } of await list(person)) await app.send('DELETE', `/api/v1/files/${id}`, person.token)
    expect(await objects()).toEqual([])
  })

  test('its address downloads it for a while, and nothing else', async () => {
    const { body: file } = await upload(ada, text('of ada'), 'text/plain', 'a.html')
    const { body: other } = await upload(ada, text('another'), 'text/plain')
    const linkOf = async (person: Person, query = '') =>
      app.send<FileLink & Problem>('GET', `/api/v1/files/${file.id}/url${query}`, person.token)
    expect((await linkOf(eve)).status).toBe(404)
    for (const query of ['?expiresIn=0', '?expiresIn=901', '?expiresIn=x'])
      expect((await linkOf(ada, query)).status).toBe(400)
    const { body: link } = await linkOf(ada, '?expiresIn=60')
    const path = link.url.replace(origin, '')
    expect(path).toMatch(/^\/api\/v1\/files\/fil_\w+\/download\?token=/)
    expect(path).not.toMatch(/ten_|usr_/)
    expect(Date.parse(link.expiresAt) - app.clock.now().getTime()).toBe(60_000)
    const got = await app.send('GET', path, null)
    expect([got.status, got.text]).toEqual([200, 'of ada'])
    expect(got.headers.get('content-disposition')).toBe('attachment; filename="a.html"')
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
    expect(got.headers.get('cache-control')).toMatch(/no-store/)
    expect(got.headers.get('referrer-policy')).toBe('no-referrer')
    const half = path.length - 10
    for (const changed of [
      path.replace(file.id, other.id),
      `${path.slice(0, half)}${path[half] === 'A' ? 'B' : 'A'}${path.slice(half + 1)}`,
      path.replace(/token=.*/, 'token=x'),
    ])
      expect((await app.send<Problem>('GET', changed, null)).body.code).toBe('files/address-expired')
    expect((await app.send('GET', path.replace(/\?.*/, ''), null)).status).toBe(400)
    app.clock.advance('61s')
    const late = await app.send<Problem>('GET', path, null)
    expect([late.status, late.body.code]).toEqual([403, 'files/address-expired'])
    const { body: next } = await linkOf(await app.again(ada))
    const again = await app.again(ada)
    for (const { id } of [file, other]) await app.send('DELETE', `/api/v1/files/${id}`, again.token)
    expect((await app.send('GET', next.url.replace(origin, ''), null)).status).toBe(404)
    const token = new URL(next.url).searchParams.get('token') ?? ''
    expect(tracer.spans.length).toBeGreaterThan(5)
    expect(JSON.stringify([logger.lines, tracer.spans])).not.toContain(token.slice(-40))
    ada = again
  })

  test('when the store is down nothing is left, and its room is free again', async () => {
    fails.add('put')
    const half = new Uint8Array(2048).fill(65)
    for (let time = 0; time < 4; time++) expect((await upload(eve, half, 'text/plain')).status).toBe(500)
    fails.clear()
    expect(await list(eve)).toEqual([])
    const { body: file, status } = await upload(eve, half, 'text/plain')
    expect(status).toBe(201)
    fails.add('delete')
    expect((await app.send('DELETE', `/api/v1/files/${file.id}`, eve.token)).status).toBe(204)
    fails.clear()
    expect([await list(eve), await objects()]).toEqual([[], [keyOf(eve, file)]])
    expect(await app.stack.agents.fileKeeping.sweep()).toBe(1)
    expect(await objects()).toEqual([])
  })

  test('an upload that a crash cut short is given up after an hour, with its bytes and its room', async () => {
    const { files } = app.opened.storage.repositories.agents
    const crashed = { id: newId('fil', app.clock), tenantId: eve.tenantId, userId: eve.userId, size: 4096 }
    const about = {
      name: 'a',
      contentType: 'text/plain',
      sha256: '',
      conversationId: null,
      createdAt: app.clock.now(),
    } as const
    await files.reserve({ ...crashed, ...about }, 4096)
    await store.put(keyOf(eve, crashed), text('a'), { contentType: 'text/plain' })
    expect(await app.stack.agents.fileKeeping.sweep()).toBe(0)
    expect(await refused(eve, text('a'), 'text/plain')).toEqual([409, 'files/quota-exceeded'])
    app.clock.advance('61m')
    expect(await app.stack.agents.fileKeeping.sweep()).toBe(1)
    expect(await files.complete(eve.tenantId, crashed.id)).toBe(false)
    expect(await objects()).toEqual([])
  })

  test('who is forgotten leaves no file behind, and the sweep takes the bytes', async () => {
    const zoe = await app.person('zoe')
    const { body: file } = await upload(zoe, png, 'image/png', 'a.png')
    const { body: kept } = await upload(await app.person('max'), png, 'image/png', 'b.png')
    const userId = zoe.userId as Id<'usr'>
    expect(await app.stack.agents.personal.export(userId)).toMatchObject({
      files: [{ id: file.id, content: `/api/v1/files/${file.id}/content` }],
    })
    const { agents } = app.stack
    await agents.personal.erase(userId, { ip: null, userAgent: null, requestId: null } as never)
    expect(await app.stack.agents.personal.export(userId)).toBe(null)
    expect(await agents.fileKeeping.sweep()).toBe(1)
    expect((await objects()).map((key) => key.split('/').at(-1))).toEqual([kept.id])
  })
})
