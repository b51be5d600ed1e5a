import type { Profile } from '@corbel/core'

/** A setting as reports tell it. */
export type Row = {
  readonly name: string
  readonly section: string
  readonly secret: boolean
  /** Null: it is secret, or it has none. */
  readonly value: string | null
  readonly source: 'set' | 'default' | 'none'
  readonly required: boolean
}

export interface SetupSummary {
  readonly schema: 'corbel.setup-summary/v1'
  readonly profile: Profile
  readonly envFile: string
  readonly settings: readonly Pick<Row, 'name' | 'section' | 'secret'>[]
  readonly missing: readonly string[]
  readonly problems: readonly {
    readonly subject: string
    readonly what: string
    readonly why: string
    readonly fix: string
  }[]
}

export interface PolicyAudit {
  readonly schema: 'corbel.policy-audit/v1'
  readonly profile: Profile
  readonly settings: readonly Row[]
}

export interface ProfileManifest {
  readonly schema: 'corbel.profile-manifest/v1'
  readonly profile: Profile
  /** Of the declarations, so that a manifest of another version of the stack is seen to be one. */
  readonly declarations: string
  readonly required: readonly string[]
  /** They refuse some values in production. */
  readonly guarded: readonly string[]
  readonly conditional: readonly { readonly name: string; readonly when: string }[]
}
