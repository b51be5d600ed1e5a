import type { Cost } from './measure.ts'

/** One ratio of a run: ours over the limit. */
export interface Figure {
  readonly id: string
  readonly what: string
  readonly limit: string
  /** Largest ratio that is good enough. */
  readonly goal: number
  /** @default 'µs' */
  readonly unit?: string
  /** Null when it was not measured; `note` says why. */
  readonly raw: number | null
  readonly ours: number | null
  readonly note?: string
  /** What else the run found, for a list below the table. */
  readonly facts?: string
  /** How server and database share the cost. */
  readonly parts?: Readonly<Record<'raw' | 'ours', Cost>>
}

export const ratioOf = ({ raw, ours }: Figure): number | null =>
  raw === null || ours === null ? null : ours / raw
