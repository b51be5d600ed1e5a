import { expect, test } from 'vitest'
import { checkPorts } from './health.ts'

const adapter = { name: 'fake' }

test('names every port with its adapter, and a failing one is down without failing the others', async () => {
  const found = await checkPorts({
    storage: { adapter, check: async () => {} },
    cache: { adapter, check: () => Promise.reject(new Error('refused')) },
    mailer: { adapter },
  })
  expect(found).toMatchObject({
    storage: { adapter: 'fake', status: 'up' },
    cache: { adapter: 'fake', status: 'down' },
    mailer: { adapter: 'fake', status: 'up' },
  })
})
