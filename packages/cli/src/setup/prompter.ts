/** One thing that only a person knows. */
export interface Question {
  readonly name: string
  readonly title: string
  /** Required or optional, and why. */
  readonly why: string
  readonly secret: boolean
  readonly suggestion?: string
  /** Null when the value can be used, else what is wrong with it. */
  check(value: string): string | null
}

/** Asks people. The rest of setup does not know whether there is a terminal. */
export interface Prompter {
  /** Empty: no value. Null: the person wants to stop. */
  ask(question: Question, remaining: number): Promise<string | null>
}
