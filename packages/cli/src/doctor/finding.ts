/** `error`: a start fails or something is unsafe. `warning`: it works, and somebody should look. */
export type Severity = 'ok' | 'warning' | 'error' | 'skipped'

/** What a check found. Holds no secret value. */
export interface Finding {
  /** Stable, such as `settings.missing`. */
  readonly id: string
  readonly severity: Severity
  /** What it is about, such as the name of a setting. */
  readonly subject: string
  readonly what: string
  readonly why?: string
  readonly fix?: string
  /** The command that puts it right. */
  readonly next?: string
  /** Puts it right without asking and can be done twice; `--fix` calls it. Returns what it did. */
  readonly repair?: () => Promise<string>
}
