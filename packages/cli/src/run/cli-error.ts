/** Every way in which a command can end, with its exit code. A published contract: entries are never renumbered. */
export const exitCodes = {
  done: 0,
  /** It failed, for a reason that has no code of its own. */
  failed: 1,
  /** Unknown command or flag, or a value of the wrong form. Nothing was begun. */
  usage: 2,
  /** It needs answers and nobody can be asked. */
  unanswered: 3,
  /** A credential is missing, wrong or lacks the right. */
  denied: 4,
  /** What is there contradicts what should be there: drift, a lock, a newer schema. */
  conflict: 6,
  /** What was given is understood and refused: settings, secrets, plans. */
  invalid: 7,
  /** A part is done; running it again goes on. */
  partial: 8,
  /** A service that it needs does not answer. */
  unavailable: 9,
  /** SIGINT; SIGTERM ends with 143. */
  interrupted: 130,
} as const

export type Ending = keyof typeof exitCodes

export interface CliErrorDetails {
  /** Stable, such as `config/not-found`. */
  readonly code: string
  /** What happened. */
  readonly message: string
  readonly why?: string
  readonly fix: string
  /** The command to run next. */
  readonly next?: string
  /** Names of the answers or settings that are missing. */
  readonly missing?: readonly string[]
  /** What was found, for a check that failed. */
  readonly data?: unknown
  /** The same for people, on standard output. */
  readonly text?: string
  /** Of a program that was run in place of this one. */
  readonly exitCode?: number
  readonly cause?: unknown
}

/** An expected failure, told so that an operator can put it right. Never holds a secret. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly ending: Exclude<Ending, 'done'>
  readonly details: CliErrorDetails

  constructor(ending: Exclude<Ending, 'done'>, details: CliErrorDetails) {
    super(details.message, { cause: details.cause })
    this.ending = ending
    this.details = details
  }
}
