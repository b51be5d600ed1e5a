import { fromEnv } from '@corbel/core'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { storedSecrets, withSecrets } from '../secrets/with-secrets.ts'

/** Whether the store answers, and a start with what it holds would take every secret. */
export const action: Action = (invocation) =>
  withSecrets(invocation, async (open) => {
    const { store, source, description, settings } = open
    await store.check?.()
    const stored = await storedSecrets(open)
    const differ = [...stored].flatMap(([env, { value }]) =>
      (source.get(env) ?? value.reveal()) === value.reveal()
        ? []
        : [{ subject: env, what: 'is another one in the environment' }],
    )
    const all = fromEnv(
      Object.fromEntries(source.names.map((name) => [name, source.get(name)])),
      Object.fromEntries([...stored].map(([env, { value }]) => [env, value.reveal()])),
    )
    const { config } = await invocation.config()
    const { problems } = await inspectStack(config, description, all, undefined)
    const found = [
      ...differ,
      ...problems
        .filter(({ subject }) => settings.some(({ env }) => env === subject))
        .map(({ subject, what }) => ({ subject, what })),
    ]
    const data = { store: store.adapter.name, stored: [...stored.keys()], problems: found }
    if (found.length === 0)
      return { data, text: `${store.adapter.name} answers; its ${stored.size} secret(s) are fit.` }
    throw new CliError('invalid', {
      code: 'secrets/unfit',
      message: 'A start would not take every secret.',
      why: found.map(({ subject, what }) => `${subject} ${what}`).join('; '),
      fix: 'Put right what is named.',
      next: 'corbel secrets status',
      data,
    })
  })
