import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { openTimeout } from '../storages.ts'
import { openEmbedded, thing } from './embedded.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'corbel-jobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

const acknowledgedAtKill = 120

test(
  'on the embedded database no acknowledged job is lost by kill -9, and a job under way is due again after its lease',
  async () => {
    const path = join(folder, 'database')
    const script = fileURLToPath(new URL('embedded-writer.fixture.ts', import.meta.url))
    const writer = spawn(process.execPath, ['--conditions=@corbel/source', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.split('\n').length > acknowledgedAtKill) writer.kill('SIGKILL')
    })
    await once(writer, 'close')
    const acknowledged = output.split('\n').slice(0, -1).map(Number)
    expect(acknowledged.length).toBeGreaterThanOrEqual(acknowledgedAtKill)

    const { client, queue } = await openEmbedded(path)
    const found: number[] = []
    const again: number[] = []
    // A job that never comes back is a test that never ends.
    while (acknowledged.some((number) => !found.includes(number))) {
      for (const job of await queue.claim(thing, 50)) {
        const { number } = job.payload as { readonly number: number }
        found.push(number)
        if (job.attempt > 1) again.push(number)
        await queue.complete(job)
      }
      await delay(20)
    }
    await client.close()
    expect(new Set(found).size).toBe(found.length)
    expect(again.length).toBeGreaterThan(0)
  },
  openTimeout,
)
