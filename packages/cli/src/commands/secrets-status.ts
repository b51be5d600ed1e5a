import type { Action } from '../run/command.ts'
import { textTable } from '../run/table.ts'
import { storedSecrets, withSecrets } from '../secrets/with-secrets.ts'

/** Where each secret is; never what it is. */
export const action: Action = (invocation) =>
  withSecrets(invocation, async (open) => {
    const stored = await storedSecrets(open)
    const data = open.settings.flatMap(({ env }) => {
      const [kept, given] = [stored.get(env), open.source.get(env)]
      if (!kept && given === undefined) return []
      const place = !kept
        ? 'environment'
        : given === undefined
          ? 'store'
          : given === kept.value.reveal()
            ? 'both'
            : 'both, and they differ'
      return [{ name: env, place, version: kept?.version ?? null }]
    })
    const rows = data.map(({ name, place, version }) => [name, place, version ?? ''])
    return {
      data: { store: open.store.adapter.name, secrets: data },
      text: `${open.store.adapter.name}\n${textTable(['Secret', 'Is in', 'Version'], rows)}`,
    }
  })
