import { buildRouteMap } from '@stricli/core'
import type { ReleaseDbFlags } from '../commands/release-db.ts'
import type { EvidenceFlags } from '../commands/release-evidence.ts'
import type { VerifyFlags } from '../commands/release-verify.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { switchFlag, text } from './parameters.ts'

const file = { kind: 'parsed', parse: text, placeholder: 'file' } as const

export const releaseRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'What a release is and how it was proven' },
  routes: {
    db: command<ReleaseDbFlags>({
      kind: 'change',
      brief: 'Bring the database and what is sold to this release, and write down what came of it',
      load: () => import('../commands/release-db.ts'),
      parameters: {
        flags: {
          reports: {
            kind: 'parsed',
            parse: text,
            brief: 'Folder of the report',
            default: 'reports',
            placeholder: 'folder',
          },
          dryRun: switchFlag('Print what would change; change nothing'),
          skipPayments: switchFlag('Leave the payment provider alone'),
        },
      },
    }),
    evidence: command<EvidenceFlags>({
      kind: 'change',
      brief: 'Run the checks of the configuration and sign what came of them',
      load: () => import('../commands/release-evidence.ts'),
      parameters: {
        flags: {
          key: { ...file, brief: 'Private Ed25519 key, PEM' },
          to: {
            kind: 'parsed',
            parse: text,
            brief: 'Folder to write to',
            default: 'reports/release',
            placeholder: 'folder',
          },
        },
      },
    }),
    verify: command<VerifyFlags, [string]>({
      kind: 'check',
      brief: 'Fail when signed evidence was changed, or says that a check failed; needs no network',
      load: () => import('../commands/release-verify.ts'),
      parameters: {
        flags: { key: { ...file, brief: 'Public Ed25519 key of whoever signed, PEM' } },
        positional: {
          kind: 'tuple',
          parameters: [{ placeholder: 'folder', brief: 'The evidence', parse: text }],
        },
      },
    }),
  },
})
