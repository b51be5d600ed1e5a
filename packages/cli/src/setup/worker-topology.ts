import type { StackDescription } from '../config.ts'
import { markdownTable } from '../run/table.ts'
import type { Row } from './report.ts'

/** What is done in the background, how often, and which settings decide where. */
export function workerTopology({ catalogs }: StackDescription, rows: readonly Row[]): string {
  const jobs = Object.entries(catalogs).flatMap(([module, { jobs: declared = {} }]) =>
    Object.values(declared).map((job): readonly string[] => [
      `\`${job.name}\``,
      module,
      'every' in job ? `every ${job.every}` : 'cron' in job ? `cron ${job.cron} UTC` : 'when enqueued',
      job.summary,
    ]),
  )
  return [
    '# Background work',
    'One replica of all does each run. A job that fails is tried again; it is idempotent.',
    markdownTable(['Job', 'Module', 'When', 'What'], jobs),
    'Settings that decide where and how it is done:',
    markdownTable(
      ['Setting', 'Value', 'From'],
      rows
        .filter(isOfWorkers)
        .map(({ name, value, source }) => [`\`${name}\``, value ?? (source === 'set' ? 'set' : ''), source]),
    ),
    '',
  ].join('\n\n')
}

/** What the env file of a worker apart says beside that of the hosts. */
export const workerEnv = (rows: readonly Row[]): string =>
  [
    '# Beside the env file of the hosts, which a worker reads too.',
    ...rows
      .filter((row) => isOfWorkers(row) && !row.secret && row.value !== null && row.value !== '')
      .map(({ name, value }) => `${name}='${value}'`),
    '',
  ].join('\n')

const isOfWorkers = ({ name }: Row): boolean =>
  /(?:^|_)(?:WORKERS?|JOBS?|QUEUE|RELAY|OUTBOX)(?:_|$)/.test(name)
