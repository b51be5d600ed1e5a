import { describe, expect, it } from 'vitest'
import { exampleApi } from './example-api.fixture.ts'

describe('fetch handler', () => {
  it('answers a typed call and strips what the schema does not declare', async () => {
    const api = exampleApi()
    const response = await api.send('POST', '/api/v1/notes', { as: 'owner', json: { title: ' Über ' } })
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({ id: 'n0', title: 'Über', version: 1 })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('strict-transport-security')).toContain('max-age')
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  })

  it('encodes codecs on the way out', async () => {
    expect(await (await exampleApi().send('GET', '/time')).json()).toEqual({ at: '2026-01-01T00:00:00.000Z' })
  })

  it('says nothing of a defect but the request id, and reports it', async () => {
    const api = exampleApi()
    const response = await api.send('POST', '/crash', {
      json: { how: 'badly' },
      headers: { 'x-request-id': 'abc-12345' },
    })
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'urn:corbel:problem:internal',
      title: 'Something went wrong on our side.',
      status: 500,
      code: 'internal',
      requestId: 'abc-12345',
    })
    expect(api.defects).toHaveLength(1)
  })

  it('never rejects when the observers throw', async () => {
    const fail = (): never => {
      throw new Error('observer')
    }
    const api = exampleApi({ onDefect: fail, onResponse: fail })
    expect((await api.send('POST', '/crash', { json: { how: 'badly' } })).status).toBe(500)
  })

  it('answers an expected failure of a handler as a problem document', async () => {
    const response = await exampleApi().send('GET', '/api/v1/notes/n9', { as: 'owner' })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      type: 'urn:corbel:problem:note/not-found',
      title: 'There is no such note.',
      detail: 'List the notes and use one of their ids.',
      code: 'note/not-found',
    })
    expect(response.headers.has('etag')).toBe(false)
  })

  it('serves HEAD from GET without a body', async () => {
    const response = await exampleApi().send('HEAD', '/time')
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      200,
      '',
      'application/json',
    ])
  })

  it('answers 405 with Allow, OPTIONS with 204 and unknown paths with 404', async () => {
    const api = exampleApi()
    const wrong = await api.send('PUT', '/api/v1/notes')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'HEAD, GET, POST, OPTIONS'])
    const options = await api.send('OPTIONS', '/api/v1/notes')
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'HEAD, GET, POST, OPTIONS'])
    expect((await api.send('OPTIONS', '/nowhere')).status).toBe(404)
    expect((await api.send('GET', '/API/v1/notes', { as: 'owner' })).status).toBe(404)
    expect((await api.send('GET', '/time/')).status).toBe(404)
  })

  it('tells observers the route, the status and the principal', async () => {
    const seen: unknown[] = []
    const api = exampleApi({
      onResponse: ({ route, method, status, principal }) =>
        seen.push([route?.path, method, status, principal?.subject]),
    })
    await api.send('GET', '/api/v1/notes', { as: 'owner' })
    await api.send('GET', '/nowhere')
    expect(seen).toEqual([
      ['/api/v1/notes', 'GET', 200, 'usr_1'],
      [undefined, 'GET', 404, undefined],
    ])
  })

  it('builds answers with the response class it is given', async () => {
    class Light extends Response {}
    expect(await exampleApi({ Response: Light }).send('GET', '/time')).toBeInstanceOf(Light)
  })
})
