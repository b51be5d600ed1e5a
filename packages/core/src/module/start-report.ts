import type { Profile } from './profile.ts'

/** One reason not to start, told so that an operator can put it right without reading code. Holds no secret value. */
export interface StartProblem {
  /** Environment name of the setting, or name of the port. */
  readonly subject: string
  /** What happened, as the predicate of `subject`: `is missing`. */
  readonly what: string
  readonly why: string
  readonly fix: string
  /** What the subject is for. */
  readonly summary?: string
}

/** The stack does not start. The message is the report of every problem at once. */
export class StartRefused extends Error {
  readonly profile: Profile
  readonly problems: readonly StartProblem[]

  constructor(profile: Profile, problems: readonly StartProblem[]) {
    super(startReport(profile, problems))
    this.name = 'StartRefused'
    this.profile = profile
    this.problems = problems
  }
}

/** @throws StartRefused when there is a problem. */
export function refuseStart(profile: Profile, problems: readonly StartProblem[]): void {
  if (problems.length > 0) throw new StartRefused(profile, problems)
}

export function startReport(profile: Profile, problems: readonly StartProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const head = `The stack does not start with the profile "${profile}": ${count}.`
  return [head, ...problems.map(paragraph)].join('\n\n')
}

function paragraph({ subject, what, why, fix, summary }: StartProblem): string {
  const lines = [`  ${subject} ${what}.`, `    why:     ${why}`, `    fix:     ${fix}`]
  if (summary !== undefined) lines.push(`    purpose: ${summary}`)
  return lines.join('\n')
}
