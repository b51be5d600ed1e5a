import type { Outcome, Probe, ProbeDay } from '../probes/probe.ts'

export interface ProbeRepository {
  list(): Promise<readonly Probe[]>
  /**
   * Keeps what a check came to, with its outcome, and counts it into its day. Of concurrent callers, and of those who repeat a check,
   * one succeeds.
   *
   * @param before - When the component was last checked, as it was read; null when it never was.
   * @returns False, and no effect, when that is not so any more, or the component is gone.
   */
  record(next: Probe, outcome: Outcome, before: Date | null): Promise<boolean>
  /** By component and day, from `since` (`YYYY-MM-DD`) on. */
  listDays(since: string): Promise<readonly ProbeDay[]>
  /** Forgets outcomes before `before`, and days before `day`; what was counted stays. Returns how many outcomes. */
  trim(before: Date, day: string): Promise<number>
}
