import { markdownTable } from '../run/table.ts'
import type { CatalogChange } from '../tools/payment-tools.ts'

/** What a release did to the database and to what is sold. */
export interface DatabaseRelease {
  readonly schema: 'corbel.database-release/v1'
  readonly createdAt: string
  /** Nothing was left to do. */
  readonly passed: boolean
  readonly versions: { readonly corbel: string; readonly node: string; readonly commit: string | null }
  readonly migrations: {
    readonly before: readonly string[]
    readonly applied: readonly string[]
    readonly pending: readonly string[]
  }
  /** Null when nothing is sold, or nobody asked for it. */
  readonly catalogue: CatalogueRelease | null
}

export interface CatalogueRelease {
  readonly done: readonly CatalogChange[]
  /** What the provider still lacks. */
  readonly left: readonly CatalogChange[]
  /** Why it could not be brought there. */
  readonly failure: string | null
}

export const databaseReleaseMarkdown = (release: DatabaseRelease): string => {
  const { createdAt, passed, versions, migrations, catalogue } = release
  return [
    '# Release of the database',
    `${passed ? 'Nothing is left to do' : 'Something is LEFT TO DO'}; made at ${createdAt}.`,
    markdownTable(
      ['What', 'Which'],
      [
        ['corbel', versions.corbel],
        ['Node', versions.node],
        ['Commit', versions.commit ?? 'unknown'],
        ['Migrations before', String(migrations.before.length)],
        ['Migrations applied now', migrations.applied.join(', ')],
        ['Migrations pending', migrations.pending.join(', ')],
        ['Changed at the payment provider', catalogue ? changes(catalogue.done) : 'not looked at'],
        ['Left at the payment provider', catalogue ? (catalogue.failure ?? changes(catalogue.left)) : ''],
      ],
    ),
    '',
  ].join('\n\n')
}

const changes = (all: readonly CatalogChange[]): string => all.map(({ do: what }) => what).join(', ')
