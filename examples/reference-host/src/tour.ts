import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnHost } from './spawn-host.ts'
import { showMachines } from './tour/machines.ts'
import { showPeople, showReuse } from './tour/people.ts'
import { showRotation } from './tour/rotation.ts'
import { Tour } from './tour/tour.ts'

// `npm run tour`: every flow of sign-in against a running host, step by step. Ends with 1 at the first deviation.
const folder = mkdtempSync(join(tmpdir(), 'corbel-tour-'))
const secret = crypto.randomUUID() + crypto.randomUUID()
const port = process.env['TOUR_PORT'] ?? '3456'
const host = await spawnHost({
  CORBEL_DATA_DIR: folder,
  SECRET_KEY: secret,
  PORT: port,
  APP_PUBLIC_URL: `http://127.0.0.1:${port}`,
})
try {
  const tour = new Tour(host.url, join(folder, 'inbox'))
  console.log(`A tour of the host on ${host.url}, with an empty database`)
  const token = await showPeople(tour)
  await showMachines(tour, token)
  await showReuse(tour)

  tour.chapter('The audit trail')
  const trail = await tour.show('is readable by its tenant', 200, 'GET', '/api/v1/audit/events', {
    token,
  })
  assert.ok((trail['data'] as readonly unknown[]).length > 10)
  const { body } = await tour.call('POST', '/api/v1/audit/verify', { token, body: {} })
  tour.tell(`its chain is whole: ${JSON.stringify(body)}`)
  assert.equal(body['intact'], true)
  await showRotation(tour, { path: join(folder, 'keys.json'), secret })
  tour.tell(`${readdirSync(join(folder, 'inbox')).length} mails in the folder`)
  console.log(`\n${tour.steps} steps, no deviation`)
} catch (error) {
  console.error(host.stderr.split('\n').slice(-5).join('\n'))
  throw error
} finally {
  await host.end()
  rmSync(folder, { recursive: true, force: true })
}
