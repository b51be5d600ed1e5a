/** What became of one demand of a standard. */
export type Requirement = {
  /** What is demanded, in short. */
  readonly says: string
} & (
  | {
      /** `<file> > <part of the full name of a test>`: all tests of that name must pass, and there is at least one. */
      readonly tests: readonly string[]
    }
  | { readonly notApplicable: string }
  | { readonly open: string }
)

/** By the number of the clause; for ASVS with its level. */
export type Requirements = Readonly<Record<string, Requirement>>

/** Tests by which a demand is shown to be met. */
export const met = (says: string, ...tests: readonly [string, ...string[]]): Requirement => ({ says, tests })

/** A demand on something that there is not. */
export const none = (says: string, notApplicable: string): Requirement => ({ says, notApplicable })

/** A demand that is not met, and why. Its id also stands in the list of `requirements.test.ts`. */
export const open = (says: string, why: string): Requirement => ({ says, open: why })
