import { DomainError } from '../../kernel/errors.ts'
import type { Readiness } from '../../module/health.ts'
import type { Fetcher } from '../../ports/fetcher.ts'
import type { Check } from '../components/component.ts'
import type { Outcome } from './probe.ts'

export interface ProberDeps {
  readonly fetcher: Fetcher
  /** Asks the ports of this process. */
  readonly checkPorts: () => Promise<Readiness['ports']>
}

type HttpCheck = Extract<Check, { kind: 'http' }>
type ReadinessCheck = Extract<Check, { kind: 'readiness' }>

const timeoutMs = 10_000
// What is answered is not needed beyond its status.
const maxBytes = 256 * 1024

/** Looks at components. Never rejects: what fails is an outcome. */
export class Prober {
  readonly #deps: ProberDeps

  constructor(deps: ProberDeps) {
    this.#deps = deps
  }

  async look(check: Check): Promise<Outcome> {
    const started = performance.now()
    const { passed, result } = await (check.kind === 'http' ? this.#fetch(check) : this.#ask(check)).catch(
      (error: unknown) => ({ passed: false, result: error instanceof DomainError ? error.code : 'failed' }),
    )
    return { passed, result, latencyMs: Math.round(performance.now() - started) }
  }

  async #fetch({ url, status: expected }: HttpCheck) {
    const headers = { 'user-agent': 'Corbel-Status/1' }
    const { status } = await this.#deps.fetcher.fetch(url, { headers, timeoutMs, maxBytes })
    const passed = expected === undefined ? status >= 200 && status <= 299 : status === expected
    return { passed, result: `HTTP ${status}` }
  }

  async #ask({ ports }: ReadinessCheck) {
    const found = await this.#deps.checkPorts()
    const down = (ports ?? Object.keys(found)).filter((name) => found[name]?.status !== 'up')
    return { passed: down.length === 0, result: down.length === 0 ? 'ready' : `down: ${down.join(', ')}` }
  }
}
