/** What a service outside said of the credentials for it. */
export interface ProviderReport {
  /** Such as `stripe`. */
  readonly name: string
  /** Names of the settings that were looked at. */
  readonly settings: readonly string[]
  /** `unset`: the stack does without it. `unasked`: it was not asked, for that needs the network. */
  readonly outcome: 'accepted' | 'refused' | 'unavailable' | 'unset' | 'unasked'
  /** What it said, without any secret. */
  readonly detail?: string
  readonly fix?: string
}
