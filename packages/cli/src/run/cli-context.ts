import type { SettingsSource } from '@corbel/core'
import type { CommandContext } from '@stricli/core'
import type { CorbelConfig } from '../config.ts'
import type { Outcome } from './envelope.ts'
import type { OutputFormat } from './render.ts'

/** The process as a command may know it. Commands touch no global, so that each can be run in a test. */
export interface CliProcess {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Read when a command needs it, never at import. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: () => string
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

/** Flags that every command has. */
export interface GlobalFlags {
  readonly output: OutputFormat
  readonly json: boolean
  readonly config?: string
  readonly settingsFile?: readonly string[]
  readonly nonInteractive: boolean
}

export interface LoadedConfig {
  readonly config: CorbelConfig
  /** Absolute path of the file. */
  readonly path: string
}

export interface Proposal {
  readonly completion: string
  readonly brief: string
}

/** What a command is run with. */
export interface Invocation {
  readonly command: string
  readonly process: CliProcess
  readonly flags: GlobalFlags
  /** Whether somebody can be asked. */
  readonly interactive: boolean
  /** The stack's description. @throws CliError */
  config(): Promise<LoadedConfig>
  /** The environment, and below it the env files. @throws CliError */
  settings(): Promise<SettingsSource>
  /** Path relative to where the command was called. */
  resolve(path: string): string
  propose(words: readonly string[]): Promise<readonly Proposal[]>
  /** Tells people on standard error what is being done; programs never see it. */
  progress(text: string): void
}

/** What the parser hands to a command. */
export interface CliContext extends CommandContext {
  readonly command: string
  readonly host: CliProcess
  settle(outcome: Outcome, format: OutputFormat): void
  /** What could stand where the last of these words is. */
  propose(words: readonly string[]): Promise<readonly Proposal[]>
}
