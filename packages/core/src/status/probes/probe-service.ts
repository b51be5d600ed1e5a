import type { Clock } from '../../kernel/clock.ts'
import { before as earlier } from '../../kernel/duration.ts'
import type { Logger } from '../../ports/logger.ts'
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
  readonly transaction: StatusTransaction
}

// Sockets at once; with the deadline of a check, 100 components take 100 s at most.
const concurrency = 10

/** Looks at every component that has a check. */
export class ProbeService {
  readonly #deps: ProbeServiceDeps

  constructor(deps: ProbeServiceDeps) {
    this.#deps = deps
  }

  /** @param tick - The time of the results: repeated for one tick, each check counts once. */
  async run(tick: Date): Promise<void> {
    const { components, probes, logger } = this.#deps
    const last = new Map((await probes.list()).map((probe) => [probe.componentId, probe]))
    const waiting = (await components.list()).filter(({ check }) => check !== null)
    const worker = async () => {
      for (let component = waiting.pop(); component; component = waiting.pop()) {
        const { id } = component
        await this.#look(component, last.get(id) ?? null, tick).catch((error: unknown) =>
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

  async #look({ id, check }: Component, before: Probe | null, tick: Date): Promise<void> {
    if (check === null || (before && before.checkedAt >= tick)) return
    const outcome = await this.#deps.prober.look(check)
    const state = nextProbe(before, outcome, check)
    const next: Probe = { componentId: id, ...state, checkedAt: tick, result: outcome.result }
    await this.#deps.transaction(async ({ probes, events }) => {
      if (!(await probes.record(next, outcome, before?.checkedAt ?? null))) return
      if (next.isUp === (before?.isUp ?? true)) return
      const { result } = outcome
      const event = next.isUp ? StatusEvents.componentRecovered : StatusEvents.componentFailed
      await events.record(event(null, { componentId: id, result }))
    })
  }
}
