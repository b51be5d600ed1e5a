import { valueText } from '../catalog/setting-list.ts'
import type { Action } from '../run/command.ts'
import { writeEnv } from '../run/env-target.ts'
import { notOffered } from '../run/not-offered.ts'
import type { CatalogChange } from '../tools/payment-tools.ts'
import { withStack } from './with-stack.ts'

export type StripeSetupFlags = { readonly dryRun: boolean; readonly write: boolean }

/** Brings the payment provider to sell what the stack declares. Run again it does nothing. */
export const action: Action<StripeSetupFlags> = (invocation, { dryRun, write }) =>
  withStack(invocation, 'payments', async ({ catalog }) => {
    const { config, path } = await invocation.config()
    if (!config.payments) throw notOffered(path, 'payments')
    if (dryRun) {
      const steps = await catalog.plan()
      return { data: { steps }, text: `${stepText(steps)}\nNothing was changed.` }
    }
    const { steps, prices } = await catalog.apply()
    const value = valueText(prices)
    const entry = {
      name: config.payments.prices,
      value,
      comment: 'Prices of the payment provider, by lookup key.',
    }
    const file = write ? await writeEnv(invocation, [entry]) : null
    return {
      data: { steps, prices, written: file },
      text: `${stepText(steps)}\n${entry.name}=${value}`,
      ...(!write && {
        next: [{ command: 'corbel stripe setup --write', when: 'the env file is to have the prices' }],
      }),
    }
  })

const stepText = (steps: readonly CatalogChange[]): string =>
  steps.length === 0
    ? 'It sells what is declared.'
    : steps
        .map(({ do: what, ...rest }) => `${what}  ${Object.values(rest).filter(isText).join(' ')}`)
        .join('\n')

const isText = (value: unknown): value is string => typeof value === 'string'
