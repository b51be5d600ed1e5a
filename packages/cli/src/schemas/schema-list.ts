import { envelopeSchema } from '../run/envelope.ts'
import type { Form } from './form.ts'
import { policyAudit, profileManifest, releaseEvidence, setupSummary } from './report-schemas.ts'
import type { SchemaName } from './schema-names.ts'

/** JSON Schemas (2020-12) of the documents that the program prints and writes. */
export const schemas: Readonly<Record<SchemaName, Form>> = {
  envelope: envelopeSchema,
  'setup-summary': setupSummary,
  'policy-audit': policyAudit,
  'profile-manifest': profileManifest,
  'release-evidence': releaseEvidence,
}
