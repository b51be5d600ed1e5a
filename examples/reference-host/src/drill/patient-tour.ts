import { setTimeout as delay } from 'node:timers/promises'
import { Tour, type TourAnswer, type TourCall } from '../tour/tour.ts'
import type { Hosts } from './hosts.ts'

const patienceMs = 120_000
/** Another process is, or was, at work on the same thing: Retry-After says when to come back. */
const inProgress = new Set(['http/idempotency-in-flight', 'billing/change-in-progress'])

/** Asks any of the hosts, and repeats what got no answer as clients are told to: byte for byte, under one Idempotency-Key. */
export class PatientTour extends Tour {
  retries = 0
  readonly #hosts: Hosts

  constructor(hosts: Hosts, inbox: string) {
    super('', inbox)
    this.#hosts = hosts
  }

  override async call(method: string, path: string, call: TourCall = {}): Promise<TourAnswer> {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const once = method === 'GET' ? call : { ...call, headers: { ...call.headers, ...key } }
    for (const end = performance.now() + patienceMs; ;) {
      const answer = await super.call(method, this.#hosts.url() + path, once).catch((error: unknown) => error)
      if (!(answer instanceof Error) && !isToRepeat(answer as TourAnswer)) return answer as TourAnswer
      if (performance.now() > end) throw new Error(`${method} ${path} came to nothing`, { cause: answer })
      this.retries++
      await delay(200)
    }
  }
}

const isToRepeat = ({ status, body }: TourAnswer): boolean =>
  status === 503 || (status === 409 && inProgress.has(String(body['code'])))
