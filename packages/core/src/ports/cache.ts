import type { PortAdapter } from './adapter.ts'

/** Values that may vanish at any time. Never the only copy of anything, never the answer to "may they?". */
export interface Cache extends PortAdapter {
  /** Null when absent or expired. */
  get(key: string): Promise<string | null>
  /** Keeps the value for `ttlMs` milliseconds, replacing what was there. */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Keeps the value only when the key is absent. Of concurrent callers one gets true. */
  add(key: string, value: string, ttlMs: number): Promise<boolean>
  delete(key: string): Promise<void>
}
