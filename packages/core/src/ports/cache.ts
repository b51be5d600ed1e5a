import type { PortAdapter } from './adapter.ts'

/** Values that may vanish at any time. Never the only copy of anything, never the answer to "may they?". */
export interface Cache extends PortAdapter {
  /** The value as it was given; null when absent or expired. */
  get(key: string): Promise<string | null>
  /** Keeps the value for `ttlMs` milliseconds, replacing both what was there and its time to live. */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Keeps the value only when the key is absent. Of concurrent callers one gets true. */
  add(key: string, value: string, ttlMs: number): Promise<boolean>
  /** Forgets the key; nothing happens when it is absent. */
  delete(key: string): Promise<void>
}
