import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { afterAll, test } from 'vitest'
import { peerServer } from '../../packages/adapters/src/node-fetcher/peer-server.fixture.ts'
import { planted, ssrfCorpus } from '../../packages/adapters/src/node-fetcher/ssrf-corpus.fixture.ts'
import { expectFault } from './report.fixture.ts'

const canary = await peerServer('127.0.0.1')
const control = await peerServer('127.0.0.1')
afterAll(() => Promise.all([canary.close(), control.close()]))

test('F22: no address of the corpus leads a request to this machine', async () => {
  const fetcher = nodeFetcher({ resolve: async (name) => planted[name] ?? ['127.0.0.1'] })
  const at = (port: number) => ssrfCorpus.map((url) => url.replaceAll('PORT', String(port)))
  let fetched = 0
  for (const url of at(canary.port)) {
    await fetcher.fetch(url).then(
      () => fetched++,
      () => {},
    )
  }
  // As much as it takes to be caught.
  for (const url of at(control.port).slice(0, 12)) {
    await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => {})
  }
  const demandsOf = (connections: number) => ({ 'the canary is never reached': connections === 0 })
  expectFault(
    'F22',
    {
      addresses: ssrfCorpus.length,
      fetched,
      canaryHits: canary.connections(),
      controlHits: control.connections(),
    },
    { ...demandsOf(canary.connections()), 'nothing is fetched': fetched === 0 },
    demandsOf(control.connections()),
  )
})
