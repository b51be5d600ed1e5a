import type { ModuleCatalogs, SettingsSource } from '@corbel/core'
import type { SecretStore } from '@corbel/core/ports'
import type { DeliveryTools } from './tools/delivery-tools.ts'
import type { PaymentTools } from './tools/payment-tools.ts'
import type { ConnectionTools, CredentialTools, OperatorTools, UserTools } from './tools/people-tools.ts'
import type { ProviderReport } from './tools/provider-tools.ts'
import type { DatabaseReport, RedisReport } from './tools/server-reports.ts'
import type { StatusTools } from './tools/status-tools.ts'
import type { UsageTools } from './tools/usage-tools.ts'

/** Everything that a stack declares. */
export interface StackDescription {
  /** By name of the module; `core` and the host's own are among them. */
  readonly catalogs: Readonly<Record<string, ModuleCatalogs>>
  /** The OpenAPI document as the stack serves it. */
  readonly openApi: unknown
}

export interface Migrations {
  /** Names, in the order in which they were applied. */
  readonly applied: readonly string[]
  /** What `apply` would run, in this order. */
  readonly pending: readonly { readonly name: string; readonly sql: string }[]
}

/** An open database, without the stack on it. */
export interface DatabaseTools {
  readonly name: string
  /** One round trip. Rejects when the database does not answer. */
  check(): Promise<void>
  inspect?(): Promise<DatabaseReport>
  plan(): Promise<Migrations>
  /** Applies all that is pending or nothing, and returns the names. */
  apply(): Promise<readonly string[]>
  close(): Promise<void>
}

/** An open Redis. */
export interface RedisTools {
  inspect(): Promise<RedisReport>
  close(): Promise<void>
}

export interface SigningKeyStanding {
  readonly kid: string
  readonly state: 'published' | 'active' | 'retired'
  readonly createdAt: Date
  /** When another key took its place. */
  readonly retiredAt: Date | null
}

/** The signing keys of the stack and the steps of their rotation, each of which the stack audits. */
export interface SigningKeyTools {
  /** The keys that verify, as a JSON Web Key Set. */
  list(): Promise<{ readonly keys: readonly { readonly kid?: string }[] }>
  /** Where each key stands in its rotation, oldest first. */
  standings(): Promise<readonly SigningKeyStanding[]>
  publish(): Promise<{ readonly kid: string }>
  activate(kid: string): Promise<void>
  remove(kid: string, options?: { readonly compromised?: boolean }): Promise<void>
}

export interface PortReport {
  readonly status: string
  readonly detail?: string
}

/** The stack over open connections, not started: it delivers no event and works on no job. */
export interface OpenedStack {
  /** How each port answers, by name. */
  readiness(): Promise<{ readonly ports: Readonly<Record<string, PortReport>> }>
  readonly signingKeys?: SigningKeyTools
  readonly operators?: OperatorTools
  readonly users?: UserTools
  readonly credentials?: CredentialTools
  readonly connections?: ConnectionTools
  readonly payments?: PaymentTools
  readonly status?: StatusTools
  readonly deliveries?: DeliveryTools
  readonly usage?: UsageTools
  /** Puts in what a newcomer needs and returns what that was; done twice it adds nothing. */
  seed?(): Promise<readonly string[]>
  close(): Promise<void>
}

/** A command that must end with 0 before a release. */
export interface EvidenceCheck {
  readonly name: string
  /** The program and its arguments, run in the folder of the configuration. */
  readonly command: readonly [program: string, ...args: string[]]
}

/**
 * What the operator commands know about a stack. Importing the file opens nothing and reads no environment: each entry is a function,
 * called by the commands that need it and with the settings that they read.
 */
export interface CorbelConfig {
  /** Must not depend on the environment: documentation is made from it. */
  describe(): Promise<StackDescription>
  /** Names of the settings that the host makes for itself when these settings lack them, such as secrets on a developer's machine. */
  supplies?(settings: SettingsSource): Promise<readonly string[]>
  /** Names of the settings that name it, and how to open it. */
  readonly database?: {
    readonly setting: string
    open(settings: SettingsSource): Promise<DatabaseTools>
  }
  readonly redis?: {
    readonly setting: string
    /** Null when the settings name none. */
    open(settings: SettingsSource): Promise<RedisTools | null>
  }
  /** What `release evidence` runs, in this order. */
  readonly evidence?: { readonly checks: readonly EvidenceCheck[] }
  /**
   * Whether the services outside accept their credentials.
   *
   * @param live - Ask them; otherwise nothing leaves the machine.
   */
  providers?(
    settings: SettingsSource,
    options: { readonly live: boolean },
  ): Promise<readonly ProviderReport[]>
  /** Where secrets are kept that do not stand in the env file. */
  readonly secrets?: {
    /** Names of the settings that open the store, and so cannot be in it. */
    readonly kept: readonly string[]
    /** Null when the settings name no store. */
    open(settings: SettingsSource): Promise<SecretStore | null>
  }
  /** Names of the settings of the payment provider, and the path on which its events arrive. */
  readonly payments?: {
    readonly secretKey: string
    readonly webhookSecret: string
    readonly prices: string
    readonly webhookPath: string
  }
  /** How `corbel dev` starts the stack: a program and its arguments, run in the folder of the configuration. */
  readonly dev?: { readonly command: readonly [program: string, ...args: string[]] }
  /** Where the stack's lines of log are kept, one JSON document a line in files that end with .log. */
  readonly logs?: { folder(settings: SettingsSource): Promise<string> }
  /** @throws what a start would throw for these settings */
  openStack?(settings: SettingsSource): Promise<OpenedStack>
}

/** Declares what a `corbel.config.ts` exports as its default. */
export const defineConfig = (config: CorbelConfig): CorbelConfig => config
