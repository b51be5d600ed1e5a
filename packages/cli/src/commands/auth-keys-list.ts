import type { SigningKeyStanding } from '../config.ts'
import type { Action } from '../run/command.ts'
import { textTable } from '../run/table.ts'
import { withStack } from './with-stack.ts'

export const action: Action = (invocation) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    const standings = await keys.standings()
    return { data: standings, text: keyTable(standings) }
  })

export const keyTable = (standings: readonly SigningKeyStanding[]): string =>
  textTable(
    ['Key', 'State', 'Since'],
    standings.map(({ kid, state, createdAt, retiredAt }) => [
      kid,
      state,
      (retiredAt ?? createdAt).toISOString(),
    ]),
  )
