import { DomainError } from '@corbel/core'
import type { Logger, Meter } from '@corbel/core/ports'
import { BillingMetrics } from '../billing-metrics.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import { GatewayErrors } from './gateway-errors.ts'
import { gatewayInputs } from './gateway-operations.ts'

/** They ask nobody. */
const local: ReadonlySet<PropertyKey> = new Set(['verify', 'read'])

const known: ReadonlyMap<string, string> = new Map(
  Object.values(GatewayErrors).map(({ code }) => [code, code.slice(code.indexOf('/') + 1)]),
)

/** One word of the catalogue; `failed` for what no catalogue expects. */
const outcomeOf = (error: unknown): string =>
  (error instanceof DomainError && known.get(error.code)) || 'failed'

/** Worth a look by whoever runs this; everything else is an answer. */
const alarming: ReadonlySet<string> = new Set([
  'busy',
  'unavailable',
  'misconfigured',
  'key-reused',
  'failed',
])

interface Observer {
  readonly logger: Logger
  readonly meter: Meter
}

/**
 * The same gateway, with each of its calls counted, timed and logged. What is passed and answered is not logged: addresses of portals
 * are credentials.
 */
export function observedGateway(gateway: PaymentGateway, { logger, meter }: Observer): PaymentGateway {
  const calls = meter.counter(BillingMetrics.gatewayCalls)
  const durations = meter.histogram(BillingMetrics.gatewayDuration)

  async function observe<T>(operation: string, key: unknown, call: () => Promise<T>): Promise<T> {
    const begun = performance.now()
    let outcome = 'ok'
    try {
      return await call()
    } catch (error) {
      outcome = outcomeOf(error)
      throw error
    } finally {
      const elapsed = performance.now() - begun
      calls.add({ operation, outcome })
      durations.record(elapsed / 1000, { operation })
      const durationMs = Math.round(elapsed * 100) / 100
      logger[alarming.has(outcome) ? 'warn' : 'info']('gateway call', {
        operation,
        outcome,
        durationMs,
        ...(typeof key === 'string' && { key }),
      })
    }
  }

  const observed = <T extends object>(target: T, prefix = ''): T =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (name === 'catalog' && typeof value === 'object' && value !== null)
          return observed(value, 'catalog.')
        if (typeof value !== 'function') return value
        const operation = `${prefix}${String(name)}`
        const call = (args: readonly unknown[]): unknown => Reflect.apply(value, target, args)
        if (local.has(name)) return (...args: readonly unknown[]) => call(args)
        return (...args: readonly unknown[]) =>
          observe(operation, name in gatewayInputs ? args[1] : null, async () => call(args))
      },
    })

  return observed(gateway)
}
