import type { Clock } from '../../kernel/clock.ts'
import { addMilliseconds, before as earlier } from '../../kernel/duration.ts'
import { later } from '../../module/timer.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Counter } from '../../ports/meter.ts'
import type { Component } from '../components/component.ts'
import type { ComponentRepository } from '../ports/component-repository.ts'
import type { ProbeRepository } from '../ports/probe-repository.ts'
import { StatusEvents } from '../status-events.ts'
import type { StatusTransaction } from '../status-scope.ts'
import { dayOf, nextProbe, type Probe } from './probe.ts'
import type { Prober } from './prober.ts'

export interface ProbeServiceDeps {
  readonly components: ComponentRepository
  readonly probes: ProbeRepository
  readonly prober: Prober
  readonly clock: Clock
  readonly logger: Logger
  readonly probesNoted: Counter
  readonly transitions: Counter
  readonly transaction: StatusTransaction
  /** Milliseconds after which a check that has failed is repeated. */
  readonly repeatMs: number
}

// Sockets at once; with the deadline of a check, 100 components take 100 s at most.
const concurrency = 10

/** Looks at every component that has a check. */
export class ProbeService {
  readonly #deps: ProbeServiceDeps

  constructor(deps: ProbeServiceDeps) {
    this.#deps = deps
  }

  /**
   * A check that fails is repeated until it has failed often enough or passes, so that the page turns with the tick.
   *
   * @param tick - The time of the results: repeated for one tick, each check counts once.
   */
  async run(tick: Date, signal?: AbortSignal): Promise<void> {
    const { components, probes, logger } = this.#deps
    const last = new Map((await probes.list()).map((probe) => [probe.componentId, probe]))
    const waiting = (await components.list()).filter(({ check }) => check !== null)
    const worker = async () => {
      for (let component = waiting.pop(); component; component = waiting.pop()) {
        const { id } = component
        await this.#follow(component, last.get(id) ?? null, tick, signal).catch((error: unknown) =>
          logger.error('A check of the status page could not be recorded.', { componentId: id, error }),
        )
      }
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }

  /** Forgets outcomes after a week; what they counted for stays a year. */
  async trim(): Promise<void> {
    const now = this.#deps.clock.now()
    await this.#deps.probes.trim(earlier(now, '7d'), dayOf(earlier(now, '366d')))
  }

  async #follow(component: Component, before: Probe | null, tick: Date, signal?: AbortSignal): Promise<void> {
    if (before && before.checkedAt >= tick) return
    let probe = await this.#look(component, before, tick)
    while (probe?.isUp && probe.streak > 0) {
      await new Promise<void>((resolve) => void later(this.#deps.repeatMs, resolve))
      if (signal?.aborted) return
      probe = await this.#look(component, probe, addMilliseconds(probe.checkedAt, 1))
    }
  }

  /** What is known of the component now; null when another process has looked, or it is gone. */
  async #look({ id, check }: Component, before: Probe | null, checkedAt: Date): Promise<Probe | null> {
    if (check === null) return null
    const outcome = await this.#deps.prober.look(check)
    const state = nextProbe(before, outcome, check)
    const next: Probe = { componentId: id, ...state, checkedAt, result: outcome.result }
    const hasTurned = next.isUp !== (before?.isUp ?? true)
    const noted = await this.#deps.transaction(async ({ probes, events }) => {
      if (!(await probes.record(next, outcome, before?.checkedAt ?? null))) return null
      if (!hasTurned) return next
      const { result } = outcome
      const event = next.isUp ? StatusEvents.componentRecovered : StatusEvents.componentFailed
      await events.record(event(null, { componentId: id, result }))
      return next
    })
    if (noted) this.#deps.probesNoted.add({ outcome: outcome.passed ? 'passed' : 'failed' })
    if (noted && hasTurned) this.#deps.transitions.add({ to: next.isUp ? 'up' : 'down' })
    return noted
  }
}
