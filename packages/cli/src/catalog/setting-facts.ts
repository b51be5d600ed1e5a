import type { Profile } from '@corbel/core'
import { type DeclaredSetting, defaultText } from './setting-list.ts'

/** A setting as data that leaves the program: no schema, no function. */
export interface SettingFacts {
  readonly env: string
  readonly module: string
  readonly section: string
  readonly summary: string
  /** Completes the sentence "must be …". */
  readonly form: string
  readonly secret: boolean
  readonly required: readonly Profile[]
  readonly default: string | null
  readonly when: { readonly env: string; readonly equals: string } | null
  readonly example: string | null
  readonly fix: string | null
}

export const factsOf = ({ setting, module }: DeclaredSetting): SettingFacts => ({
  env: setting.env,
  module,
  section: setting.section,
  summary: setting.summary,
  form: setting.schema.description ?? 'text',
  secret: setting.secret === true,
  required: setting.required ?? [],
  default: defaultText(setting) || null,
  when: setting.when ?? null,
  example: setting.example ?? null,
  fix: setting.fix ?? null,
})
