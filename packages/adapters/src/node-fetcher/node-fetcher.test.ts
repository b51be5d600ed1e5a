import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fetcherConformance } from '@corbel/core/ports'
import { afterEach, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { nodeFetcher } from './node-fetcher.ts'
import { peerServer } from './peer-server.fixture.ts'
import { planted, ssrfCorpus } from './ssrf-corpus.fixture.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

async function listen(address: string, port?: number) {
  const server = await peerServer(address, port)
  opened.push(server)
  return server
}

const codeOf = (fetched: Promise<unknown>): Promise<unknown> =>
  fetched.then(
    () => 'fetched',
    (error: { readonly code?: unknown }) => error.code,
  )

const refusals = ['fetcher/address-refused', 'fetcher/invalid-url']

/** Resolves each name to its next answer, and to the last one from then on. */
function resolver(otherwise: string) {
  const names = new Map<string, (readonly string[])[]>()
  return {
    names,
    resolve: async (name: string): Promise<readonly string[]> => {
      const answers = names.get(name) ?? [[otherwise]]
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? []
    },
  }
}

describe('node fetcher', () => {
  fetcherConformance(conforming('fetcher', 'node'), async () => {
    const server = await listen('127.0.0.1')
    const free = await peerServer('127.0.0.1')
    await free.close()
    const { names, resolve } = resolver('127.0.0.1')
    return {
      fetcher: nodeFetcher({ allow: ['127.0.0.1'], resolve }),
      origin: `http://first.test:${server.port}`,
      other: `http://second.test:${server.port}`,
      address: '127.0.0.1',
      closed: `http://first.test:${free.port}`,
      serve: server.serve,
      resolve: (name, ...answers) => void names.set(name, [...answers]),
    }
  })

  test('no address of the corpus reaches the canary', async () => {
    const canary = await listen('127.0.0.1')
    const fetcher = nodeFetcher({ resolve: async (name) => planted[name] ?? ['127.0.0.1'] })
    expect(ssrfCorpus.length).toBeGreaterThan(60)
    for (const url of ssrfCorpus) {
      const code = await codeOf(fetcher.fetch(url.replaceAll('PORT', String(canary.port))))
      expect(refusals, url).toContain(code)
    }
    expect(canary.connections()).toBe(0)
  })

  test('the canary sees whoever asks without a guard', async () => {
    const canary = await listen('127.0.0.1')
    const reached = []
    for (const url of ssrfCorpus.slice(0, 12)) {
      const target = url.replaceAll('PORT', String(canary.port))
      if ((await codeOf(fetch(target, { signal: AbortSignal.timeout(1000) }))) === 'fetched')
        reached.push(url)
    }
    expect(reached).toHaveLength(12)
    expect(canary.connections()).toBeGreaterThan(0)
  })

  // All of 127.0.0.0/8 is this machine on Linux only.
  describe.skipIf(process.platform !== 'linux')('with an allowed neighbour of the canary', () => {
    async function neighbours() {
      const allowed = await listen('127.0.0.2')
      const canary = await listen('127.0.0.1', allowed.port)
      return { allowed, canary, port: allowed.port }
    }

    test('no redirect to an address of the corpus reaches the canary', async () => {
      const { allowed, canary, port } = await neighbours()
      const resolve = async (name: string) =>
        planted[name] ?? [name === 'allowed.test' ? '127.0.0.2' : '127.0.0.1']
      const fetcher = nodeFetcher({ allow: ['127.0.0.2'], resolve })
      let asked = 0
      for (const url of ssrfCorpus) {
        const target = url
          .replaceAll('PORT', String(port))
          .replaceAll(/[\t\n]/g, '')
          .trim()
        const location = target.replaceAll(/[^!-~]/g, encodeURIComponent)
        // A relative reference stays on the origin that gave it.
        if (URL.parse(location, 'http://allowed.test/')?.hostname === 'allowed.test') continue
        asked += 1
        allowed.serve(async () => new Response(null, { status: 302, headers: { Location: location } }))
        expect(refusals, location).toContain(await codeOf(fetcher.fetch(`http://allowed.test:${port}/`)))
      }
      expect(asked).toBeGreaterThan(60)
      expect(allowed.connections()).toBe(asked)
      expect(canary.connections()).toBe(0)
    })

    test('a name that answers well once and then with the canary never reaches it', async () => {
      const { allowed, canary, port } = await neighbours()
      const good = ['127.0.0.2']
      const bad = ['127.0.0.1']
      for (let round = 0; round < 20; round++) {
        const answers = [good, bad, good, bad, bad, good]
        let asked = 0
        const fetcher = nodeFetcher({
          allow: good,
          resolve: async () => answers[asked++ % answers.length] ?? [],
        })
        const codes = []
        for (let call = 0; call < 6; call++)
          codes.push(await codeOf(fetcher.fetch(`http://rebinding.test:${port}/`)))
        expect(codes).toEqual(
          answers.map((answer) => (answer === good ? 'fetched' : 'fetcher/address-refused')),
        )
        expect(asked).toBe(6)
      }
      expect(allowed.connections()).toBe(60)
      expect(canary.connections()).toBe(0)
    })
  })

  test('https only refuses plain http, and https speaks TLS', async () => {
    const server = await listen('127.0.0.1')
    const fetcher = nodeFetcher({ allow: ['127.0.0.1'], httpsOnly: true })
    expect(await codeOf(fetcher.fetch(`http://127.0.0.1:${server.port}/`))).toBe('fetcher/invalid-url')
    expect(server.connections()).toBe(0)
    // The server does not speak it.
    expect(await codeOf(fetcher.fetch(`https://127.0.0.1:${server.port}/`))).toBe('fetcher/unreachable')
    expect(server.connections()).toBe(1)
  })

  test('a proxy in the environment is not taken', async () => {
    const server = await listen('127.0.0.1')
    const proxy = await listen('127.0.0.1')
    const url = `http://127.0.0.1:${server.port}/`
    const address = `http://127.0.0.1:${proxy.port}`
    const env = {
      ...process.env,
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: address,
      http_proxy: address,
      ALL_PROXY: address,
    }
    const source = new URL('./index.ts', import.meta.url).href
    const script = `
      import { nodeFetcher } from ${JSON.stringify(source)}
      const url = ${JSON.stringify(url)}
      if (process.argv.includes('guarded')) await nodeFetcher({ allow: ['127.0.0.1'] }).fetch(url)
      else await fetch(url)`
    const run = (...args: string[]) =>
      promisify(execFile)(
        process.execPath,
        ['--conditions=@corbel/source', '--input-type=module', '-e', script, '--', ...args],
        { env, cwd: import.meta.dirname },
      )
    await run('guarded')
    expect([server.connections(), proxy.connections()]).toEqual([1, 0])
    // The control: the proxy refuses it, but it was asked.
    await expect(run()).rejects.toThrow('Command failed')
    expect(server.connections()).toBe(1)
    expect(proxy.connections()).toBeGreaterThan(0)
  })
})
