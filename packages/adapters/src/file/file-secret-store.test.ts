import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Secret, secretStoreConformance } from '@corbel/core/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { fileKeyStore } from './file-key-store.ts'
import { fileSecretStore } from './file-secret-store.ts'

recordBackend('file')

const secret = new Secret('a secret of at least thirty-two bytes')
const child = fileURLToPath(new URL('write-secrets.fixture.ts', import.meta.url))
const folders: string[] = []

async function freshPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'corbel-secrets-'))
  folders.push(folder)
  return join(folder, 'inner', 'secrets.json')
}

async function filled(path: string, initial: Readonly<Record<string, string>>) {
  const store = fileSecretStore({ path, secret })
  for (const [name, value] of Object.entries(initial)) await store.put(name, new Secret(value), null)
  return store
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('fileSecretStore', () => {
  secretStoreConformance(conforming('secret store', 'file'), async (initial) => {
    const path = await freshPath()
    return {
      store: await filled(path, initial),
      another: async () => fileSecretStore({ path, secret }),
      atRest: () => readFile(path, 'utf8'),
      spoil: async () =>
        writeFile(path, (await readFile(path, 'utf8')).replace('"sealed": "', '"sealed": "A')),
    }
  })

  test('keeps file and folder to their owner, leaves no draft, and refuses a file that others can read', async () => {
    const path = await freshPath()
    const store = await filled(path, { a: '1', b: '2' })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(path, '..'))).toEqual(['secrets.json'])
    await chmod(path, 0o640)
    const calls = [
      () => store.get('a'),
      () => store.put('c', secret, null),
      () => store.list(''),
      store.check,
    ]
    for (const call of calls) await expect(call?.()).rejects.toThrow(`chmod 600 ${path}`)
  })

  test('opens with a previous secret and seals the next write with the current one', async () => {
    const path = await freshPath()
    await filled(path, { a: '1' })
    const next = new Secret(crypto.getRandomValues(new Uint8Array(32)))
    await fileSecretStore({ path, secret: next, previousSecrets: [secret] }).put('b', new Secret('2'), null)
    const store = fileSecretStore({ path, secret: next })
    expect([(await store.get('a'))?.value.reveal(), (await store.get('b'))?.value.reveal()]).toEqual([
      '1',
      '2',
    ])
    const { keyId } = JSON.parse(await readFile(path, 'utf8'))
    await expect(fileSecretStore({ path, secret }).get('a')).rejects.toThrow(
      `sealed with the secret ${keyId}`,
    )
  })

  test('refuses a short secret, and the file of a key store with the same secret', async () => {
    expect(() => fileSecretStore({ path: 'secrets.json', secret: new Secret('changeme') })).toThrow(
      'secret of the secret store is shorter',
    )
    const path = await freshPath()
    await fileKeyStore({ path, secret }).write('[]', null)
    await expect(fileSecretStore({ path, secret }).list('')).rejects.toThrow('does not open')
    const other = await freshPath()
    await filled(other, { a: '1' })
    await expect(fileKeyStore({ path: other, secret }).read()).rejects.toThrow('does not open')
    await writeFile(other, (await readFile(other, 'utf8')).replace('corbel-secrets', 'corbel-keys'))
    await expect(fileKeyStore({ path: other, secret }).read()).rejects.toThrow(other)
  })

  test('of several processes that write at once one wins a name, and none loses another', async () => {
    const path = await freshPath()
    const processes = Array.from({ length: 5 }, (_, number) =>
      fork(child, [path, secret.reveal(), `process-${number}`], {
        execArgv: ['--conditions=@corbel/source'],
      }),
    )
    await Promise.all(processes.map((each) => once(each, 'message')))
    const outcomes = await Promise.all(
      processes.map(async (each) => {
        each.send('go')
        const [outcome] = await once(each, 'message')
        return outcome as { readonly won: readonly string[]; readonly failed: readonly string[] }
      }),
    )
    const won = outcomes.flatMap((outcome) => outcome.won)
    const failed = outcomes.flatMap((outcome) => outcome.failed)
    expect(failed.filter((code) => code !== 'secret-store/conflict')).toEqual([])
    expect(won.length + failed.length).toBe(5 * 20)
    const store = fileSecretStore({ path, secret })
    // Every win is in the value and nothing else: no write was lost, none was acknowledged that is not there.
    expect(JSON.parse((await store.get('shared'))?.value.reveal() ?? '[]').toSorted()).toEqual(won.toSorted())
    for (let number = 0; number < 5; number++)
      expect((await store.get(`process-${number}`))?.value.reveal()).toBe('19')
    expect(await readdir(join(path, '..'))).toEqual(['secrets.json'])
  })
})
