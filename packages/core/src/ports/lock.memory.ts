import { type Clock, systemClock } from '../kernel/clock.ts'
import { acquireByTrying, checkLeaseMs } from './lock-wait.ts'
import type { Lease, Lock } from './lock.ts'

export interface MemoryLockOptions {
  /** @default systemClock */
  readonly clock?: Clock
}

interface Holding {
  readonly token: number
  readonly expiresAt: number
}

/** Below this many names nothing is swept. */
const sweepFloor = 1024

/** Locks within the process: another process holds the same name at the same time. Forgets expired leases. */
export function memoryLock({ clock = systemClock }: MemoryLockOptions = {}): Lock & {
  /** Names remembered now. */
  readonly size: number
} {
  const holdings = new Map<string, Holding>()
  let lastToken = 0
  let sweepAt = sweepFloor

  const now = (): number => clock.now().getTime()

  function holds(name: string, token: number): boolean {
    const holding = holdings.get(name)
    return holding !== undefined && holding.token === token && holding.expiresAt > now()
  }

  function sweep(): void {
    for (const [name, { expiresAt }] of holdings) if (expiresAt <= now()) holdings.delete(name)
    // Twice what is left, so that sweeping costs a constant per call.
    sweepAt = Math.max(sweepFloor, holdings.size * 2)
  }

  function take(name: string, leaseMs: number): Lease | null {
    const holding = holdings.get(name)
    if (holding !== undefined && holding.expiresAt > now()) return null
    lastToken += 1
    const token = lastToken
    holdings.set(name, { token, expiresAt: now() + leaseMs })
    if (holdings.size > sweepAt) sweep()
    return {
      name,
      token,
      renew: async (leaseMs) => {
        checkLeaseMs(leaseMs)
        if (!holds(name, token)) return false
        holdings.set(name, { token, expiresAt: now() + leaseMs })
        return true
      },
      release: async () => holds(name, token) && holdings.delete(name),
    }
  }

  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'REDIS_URL', fix: 'Set REDIS_URL, so that all processes respect one lock.' },
    },
    get size() {
      return holdings.size
    },
    acquire: async (name, options) => {
      checkLeaseMs(options.leaseMs)
      return acquireByTrying(async () => take(name, options.leaseMs), options, clock)
    },
    check: async () => {},
  }
}
