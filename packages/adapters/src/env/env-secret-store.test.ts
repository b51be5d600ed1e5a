import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { secretStoreConformance } from '@corbel/core/ports'
import { describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { envSecretStore } from './env-secret-store.ts'

recordBackend('env')

const variables = (initial: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [
      `CORBEL_SECRET_${name.replaceAll('/', '__').replaceAll('-', '_').toUpperCase()}`,
      value,
    ]),
  )

describe('envSecretStore', () => {
  secretStoreConformance(
    conforming('secret store', 'env'),
    async (initial) => {
      const env = { ...variables(initial), PATH: '/bin' }
      return {
        store: envSecretStore({ env }),
        another: async () => envSecretStore({ env }),
        atRest: null,
        spoil: null,
      }
    },
    { readOnly: 'a process cannot write the environment that it is started with' },
  )

  test('lists only what get can find', async () => {
    const env = {
      CORBEL_SECRET_A: '1',
      CORBEL_SECRET_EMPTY: '',
      CORBEL_SECRET_UNSET: undefined,
      CORBEL_SECRET_: 'x',
      CORBEL_SECRET_b: 'x',
      CORBEL_SECRET_C_: 'x',
      CORBEL_SECRET_D___E: 'x',
      CORBEL_SECRET_F____G: 'x',
      CORBEL_SECRETS: 'x',
      OTHER: 'x',
    }
    const store = envSecretStore({ env })
    expect(await store.list('')).toEqual(['a'])
    expect(await store.get('empty')).toBe(null)
    expect(await envSecretStore({ env, prefix: '' }).list('')).toEqual([
      'corbel-secret-a',
      'corbel-secrets',
      'other',
    ])
  })

  test('the version changes with the value', async () => {
    const env = { CORBEL_SECRET_A: '1' }
    const store = envSecretStore({ env })
    const first = await store.get('a')
    env.CORBEL_SECRET_A = '2'
    expect((await store.get('a'))?.version).not.toBe(first?.version)
  })

  test('reads the environment of a real process', async () => {
    const script = `
      import { envSecretStore } from '@corbel/adapters/env'
      const store = envSecretStore({ env: process.env })
      console.log(JSON.stringify([await store.list(''), (await store.get('billing/stripe-key')).value.reveal()]))`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@corbel/source', '--input-type=module', '--eval', script],
      { cwd: import.meta.dirname, env: variables({ 'billing/stripe-key': ' žluť\n' }) },
    )
    expect(JSON.parse(stdout)).toEqual([['billing/stripe-key'], ' žluť\n'])
  })
})
