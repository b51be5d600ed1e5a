import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readLocalSecrets } from './local-secrets.ts'

const root = mkdtempSync(join(tmpdir(), 'corbel-secrets-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const names = ['FIRST_SECRET', 'SECOND_SECRET']
const long = 'x'.repeat(40)

describe('local secrets', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'run-'))
  })

  test('are made once and found again', () => {
    const made = readLocalSecrets(folder, names)
    expect(Object.keys(made)).toEqual(names)
    expect(made['FIRST_SECRET']).not.toBe(made['SECOND_SECRET'])
    expect(readLocalSecrets(folder, names)).toEqual(made)
    expect(statSync(join(folder, 'secrets.env')).mode & 0o777).toBe(0o600)
  })

  test('what a later version needs is added and leaves the others alone', () => {
    const made = readLocalSecrets(folder, ['FIRST_SECRET'])
    const later = readLocalSecrets(folder, names)
    expect(later['FIRST_SECRET']).toBe(made['FIRST_SECRET'])
    expect(later['SECOND_SECRET']).toHaveLength(43)
  })

  test('nothing is made when nothing is missing', () => {
    expect(readLocalSecrets(join(folder, 'never'), [])).toEqual({})
    expect(() => statSync(join(folder, 'never'))).toThrow('ENOENT')
  })

  test('a line that was cut off is reported, not used', () => {
    writeFileSync(join(folder, 'secrets.env'), 'FIRST_SECRET=abc')
    expect(() => readLocalSecrets(folder, names)).toThrow('damaged line for FIRST_SECRET')
  })

  test('a line without its end is closed before another is added', () => {
    writeFileSync(join(folder, 'secrets.env'), `FIRST_SECRET=${long}`)
    const secrets = readLocalSecrets(folder, names)
    expect(secrets['FIRST_SECRET']).toBe(long)
    expect(readFileSync(join(folder, 'secrets.env'), 'utf8')).toContain(`FIRST_SECRET=${long}\n`)
  })

  test('16 that start at once all get the same', async () => {
    const target = join(folder, 'new')
    const gate = new SharedArrayBuffer(4)
    const script = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(({ readLocalSecrets }) => {
        parentPort.postMessage('ready')
        Atomics.wait(new Int32Array(workerData.gate), 0, 0)
        parentPort.postMessage(readLocalSecrets(workerData.target, workerData.names))
      })`
    const module = new URL('local-secrets.ts', import.meta.url).href
    const workers = Array.from(
      { length: 16 },
      () => new Worker(script, { eval: true, workerData: { module, gate, target, names } }),
    )
    const message = (worker: Worker) =>
      new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await Promise.all(workers.map(message))
    const results = workers.map(message)
    Atomics.store(new Int32Array(gate), 0, 1)
    Atomics.notify(new Int32Array(gate), 0)
    const secrets = await Promise.all(results)
    expect(new Set(secrets.map((found) => JSON.stringify(found))).size).toBe(1)
    expect(secrets[0]).toEqual(readLocalSecrets(target, names))
  })
})
