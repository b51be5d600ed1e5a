import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  keyStoreConformance,
  keyVaultConformance,
  localKeyVault,
  manualClock,
  Secret,
} from '@corbel/core/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { fileKeyStore } from './file-key-store.ts'

recordBackend('file')

const secret = new Secret('a secret of at least thirty-two bytes')
const child = fileURLToPath(new URL('write-keys.fixture.ts', import.meta.url))
const folders: string[] = []

async function freshPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'corbel-keys-'))
  folders.push(folder)
  return join(folder, 'inner', 'keys.json')
}

async function writtenPath(document = 'document'): Promise<string> {
  const path = await freshPath()
  await fileKeyStore({ path, secret }).write(document, null)
  return path
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('fileKeyStore', () => {
  keyStoreConformance(conforming('key store', 'file'), async () => {
    const path = await freshPath()
    return {
      store: fileKeyStore({ path, secret }),
      another: async () => fileKeyStore({ path, secret }),
      atRest: () => readFile(path, 'utf8'),
      spoil: async () =>
        writeFile(path, (await readFile(path, 'utf8')).replace('"sealed": "', '"sealed": "A')),
    }
  })

  keyVaultConformance(conforming('key vault', 'local over file'), async () => {
    const path = await freshPath()
    const open = async (path: string) => localKeyVault({ store: fileKeyStore({ path, secret }) })
    return {
      vault: await open(path),
      another: () => open(path),
      stranger: async () => open(await freshPath()),
    }
  })

  test('keeps file and folder to their owner, and leaves no draft', async () => {
    const path = await writtenPath()
    const store = fileKeyStore({ path, secret })
    await store.write('second', (await store.read())?.revision ?? null)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(path, '..'))).toEqual(['keys.json'])
  })

  test.each([0o640, 0o604, 0o660, 0o620])(
    'refuses a file of mode %o and says how to close it',
    async (mode) => {
      const path = await writtenPath()
      await chmod(path, mode)
      const store = fileKeyStore({ path, secret })
      await expect(store.read()).rejects.toThrow(`chmod 600 ${path}`)
      await expect(store.write('other', null)).rejects.toThrow('chmod 600')
      await expect(store.check?.()).rejects.toThrow('chmod 600')
    },
  )

  test('refuses a file that was cut off anywhere', async () => {
    const path = await writtenPath()
    const whole = await readFile(path)
    for (let length = 0; length < whole.length - 2; length += 7) {
      await writeFile(path, whole.subarray(0, length))
      await expect(fileKeyStore({ path, secret }).read()).rejects.toThrow('cut off or changed')
    }
  })

  test('refuses a file in which anything was changed, the header too', async () => {
    const path = await writtenPath()
    const envelope = JSON.parse(await readFile(path, 'utf8'))
    for (const field of ['format', 'version', 'keyId', 'revision', 'salt', 'iv', 'sealed']) {
      const value = String(envelope[field])
      const changed = { ...envelope, [field]: (value.startsWith('A') ? 'B' : 'A') + value.slice(1) }
      await writeFile(path, JSON.stringify(changed))
      await expect(fileKeyStore({ path, secret }).read()).rejects.toThrow(path)
    }
  })

  test('names the secret that is missing, without showing it', async () => {
    const path = await writtenPath()
    const other = new Secret('another secret of more than thirty-two bytes')
    const { keyId } = JSON.parse(await readFile(path, 'utf8'))
    const store = fileKeyStore({ path, secret: other })
    await expect(store.read()).rejects.toThrow(`sealed with the secret ${keyId}`)
    await expect(store.read()).rejects.not.toThrow('another secret')
    await expect(store.write('other', null)).rejects.toThrow(keyId)
  })

  test('opens with a previous secret and seals the next write with the current one', async () => {
    const path = await writtenPath('old')
    const next = new Secret(crypto.getRandomValues(new Uint8Array(32)))
    const rotating = fileKeyStore({ path, secret: next, previousSecrets: [secret] })
    const stored = await rotating.read()
    expect(stored?.document).toBe('old')
    await rotating.write('new', stored?.revision ?? null)
    expect((await fileKeyStore({ path, secret: next }).read())?.document).toBe('new')
    await expect(fileKeyStore({ path, secret }).read()).rejects.toThrow('sealed with the secret')
  })

  test('refuses a short secret', () => {
    expect(() => fileKeyStore({ path: 'keys.json', secret: new Secret('changeme') })).toThrow('openssl rand')
  })

  test('takes the place of a writer that died, and only after a while', async () => {
    const path = await writtenPath()
    const clock = manualClock(new Date((await stat(path)).mtime))
    const store = fileKeyStore({ path, secret, clock })
    const revision = (await store.read())?.revision ?? ''
    await writeFile(`${path}.${revision}.draft`, 'half a dra')
    let settled = false
    const writing = store.write('second', revision).finally(() => (settled = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(settled).toBe(false)
    clock.advance('1m')
    await writing
    expect((await store.read())?.document).toBe('second')
  })

  test('of several processes that write at once one wins', async () => {
    const path = await freshPath()
    const processes = Array.from({ length: 6 }, (_, number) =>
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
    expect(failed.filter((code) => code !== 'key-store/conflict')).toEqual([])
    expect(won.length + failed.length).toBe(6 * 40)
    const document = JSON.parse((await fileKeyStore({ path, secret }).read())?.document ?? '[]')
    // Every win is in the document and nothing else: no write was lost, none was acknowledged that is not there.
    expect(document.toSorted()).toEqual(won.toSorted())
    expect(won.length).toBeGreaterThan(6)
  })
})
