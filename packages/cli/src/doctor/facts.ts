import type { InspectedSettings, SettingsSource } from '@corbel/core'
import type { CorbelConfig, StackDescription } from '../config.ts'

/** What every check may look at. Nothing is open. */
export interface Facts {
  readonly config: CorbelConfig
  readonly description: StackDescription
  readonly source: SettingsSource
  readonly inspected: InspectedSettings
  /** Where the configuration is. */
  readonly folder: string
  /** Whether services outside are asked. */
  readonly live: boolean
  /** Env files that are there, absolute. */
  readonly envFiles: readonly string[]
  /** Tells people what is being looked at. */
  progress(text: string): void
}
