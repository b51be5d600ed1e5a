import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnHost } from './spawn-host.ts'

const folder = mkdtempSync(join(tmpdir(), 'corbel-host-'))
try {
  const host = await spawnHost({ CORBEL_DATA_DIR: folder })
  for (const path of [
    '/',
    '/docs',
    '/openapi.json',
    '/health',
    '/health/ready',
    '/metrics',
    '/.well-known/jwks.json',
  ]) {
    const response = await fetch(host.url + path)
    assert.equal(response.status, 200, `GET ${path} answers ${response.status}: ${await response.text()}`)
  }
  const metrics = await (await fetch(`${host.url}/metrics`)).text()
  for (const name of [
    'corbel_http_requests_total',
    'corbel_database_pool_connections',
    'corbel_event_loop_delay_seconds',
  ]) {
    assert.match(metrics, new RegExp(`^${name}\\b`, 'm'))
  }
  const { code, stderr } = await host.end('SIGTERM')
  assert.equal(code, 0, stderr)
  console.log(
    'reference-host: started on an empty folder, answered on every address of its table, and ended on SIGTERM',
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
