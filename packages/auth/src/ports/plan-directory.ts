/** What can be chosen when signing up. */
export interface PlanDirectory {
  /** Null when nothing is sold under this code. */
  find(code: string): object | null
}
