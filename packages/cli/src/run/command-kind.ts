/** What a command is for, and so what it means that it succeeded. */
export type CommandKind =
  /** Its output: without a reader it fails before it begins. */
  | 'print'
  /** Its exit code. */
  | 'check'
  /** What it changes. */
  | 'change'
