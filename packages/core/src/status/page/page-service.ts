import type { Clock } from '../../kernel/clock.ts'
import type { StatusRepositories } from '../ports/status-repositories.ts'
import { dayOf } from '../probes/probe.ts'
import type { StatusCache } from './status-cache.ts'
import {
  firstDay,
  type StatusData,
  type StatusHistory,
  type StatusSummary,
  toStatusData,
} from './status-data.ts'
import { statusPage } from './status-page.ts'
import { statusRss } from './status-rss.ts'

export interface PageServiceDeps extends StatusRepositories {
  readonly statusCache: StatusCache
  readonly clock: Clock
  readonly appName: string
  readonly publicUrl: string
}

/** What everybody may read. It is a few seconds old at most, unless it says how old it is. */
export class PageService {
  readonly #deps: PageServiceDeps

  constructor(deps: PageServiceDeps) {
    this.#deps = deps
  }

  /** @throws `status/unavailable` when it cannot be read and never was. */
  async summary(): Promise<StatusSummary> {
    return (await this.#data()).summary
  }

  /** @throws as `summary` */
  async history(): Promise<StatusHistory> {
    return (await this.#data()).history
  }

  /** HTML. @throws as `summary` */
  async page(): Promise<string> {
    return once(pages, await this.#data(), (data) => statusPage(data, this.#deps))
  }

  /** RSS. @throws as `summary` */
  async feed(): Promise<string> {
    return once(feeds, await this.#data(), (data) => statusRss(data, this.#deps))
  }

  #data(): Promise<StatusData> {
    return this.#deps.statusCache.get(() => this.#read())
  }

  async #read(): Promise<StatusData> {
    const { components, incidents, maintenance, probes, clock } = this.#deps
    const now = clock.now()
    const since = dayOf(firstDay(now))
    const [all, recent, current, last, days] = await Promise.all([
      components.list(),
      incidents.listRecent(new Date(since)),
      maintenance.listCurrent(),
      probes.list(),
      probes.listDays(since),
    ])
    return toStatusData({ components: all, incidents: recent, maintenance: current, probes: last, days }, now)
  }
}

// The same data make the same text, so it is made once for all who read it.
const pages = new WeakMap<StatusData, string>()
const feeds = new WeakMap<StatusData, string>()

function once(
  made: WeakMap<StatusData, string>,
  data: StatusData,
  make: (data: StatusData) => string,
): string {
  const text = made.get(data) ?? make(data)
  made.set(data, text)
  return text
}
