/** Of the documents that have a JSON Schema; apart from it, so that `--help` loads none. */
export const schemaNames = [
  'envelope',
  'setup-summary',
  'policy-audit',
  'profile-manifest',
  'release-evidence',
] as const

export type SchemaName = (typeof schemaNames)[number]
