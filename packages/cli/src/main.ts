import { type CommandInfo, proposeCompletions, run, type StricliProcess } from '@stricli/core'
import { app } from './app.ts'
import { CliError, exitCodes } from './run/cli-error.ts'
import type { CliContext, CliProcess } from './run/cli-context.ts'
import type { Outcome } from './run/envelope.ts'
import { type OutputFormat, outputFormats, render, type Rendered } from './run/render.ts'
import { writeAll } from './run/streams.ts'

const programName = 'corbel'

/** Runs one command line and returns its exit code. Never rejects. */
export async function main(argv: readonly string[], host: CliProcess): Promise<number> {
  const printed = { stdout: '', stderr: '' }
  const settled: { outcome: Outcome; format: OutputFormat; command: string }[] = []
  // The parser prints into texts, so that its complaints can be told in the same form as all others.
  const parser: StricliProcess = {
    stdout: { write: (text) => void (printed.stdout += text) },
    stderr: { write: (text) => void (printed.stderr += text) },
    exitCode: null,
  }
  const context = {
    process: parser,
    forCommand: ({ prefix }: CommandInfo): CliContext => {
      const command = prefix.slice(1).join(' ')
      return {
        process: parser,
        command,
        host,
        settle: (outcome, format) => void settled.push({ outcome, format, command }),
        propose: (words) => proposeCompletions(app, words, context),
      }
    },
  }
  await run(app, argv.length === 0 ? ['--help'] : argv, context)
  const [ending] = settled
  if (ending) {
    const { outcome, format, command } = ending
    return finish(host, render(format, command, outcome), codeOf(outcome, host))
  }
  const code = Number(parser.exitCode)
  const isAsked =
    argv.length === 0 || argv.some((arg) => /^(?:-h|--help|--help-all|-H|-v|--version)$/.test(arg))
  if (code === 0 && isAsked) return finish(host, printed, exitCodes.done)
  const error = code === 0 ? groupAlone(argv, printed.stdout) : parserError(code, printed.stderr)
  return finish(host, render(formatIn(argv), '', { ok: false, error }), exitCodes[error.ending])
}

// What a shell reports for a process that SIGTERM ended.
const terminated = 143

const codeOf = (outcome: Outcome, { signal }: CliProcess): number =>
  outcome.ok
    ? exitCodes.done
    : outcome.error.ending === 'interrupted' && signal.reason === 'SIGTERM'
      ? terminated
      : (outcome.error.details.exitCode ?? exitCodes[outcome.error.ending])

async function finish(host: CliProcess, { stdout, stderr }: Rendered, code: number): Promise<number> {
  // A message that nobody can read changes nothing about what happened.
  await writeAll(host.stderr, stderr).catch(() => {})
  try {
    await writeAll(host.stdout, stdout)
    return code
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    await writeAll(
      host.stderr,
      `error: The result could not be written to standard output (${reason}).\n`,
    ).catch(() => {})
    return code === exitCodes.done ? exitCodes.failed : code
  }
}

// Of the parser's codes these two say that the command line is wrong; the others are its own failures.
const misuse = [-4, -5]

function parserError(code: number, complaint: string): CliError {
  const message = complaint.trim() || 'The command line could not be read.'
  return misuse.includes(code)
    ? new CliError('usage', {
        code: 'cli/usage',
        message,
        fix: 'Correct the command line; nothing was begun.',
        next: `${programName} --help`,
      })
    : new CliError('failed', {
        code: 'cli/unexpected',
        message,
        fix: 'Install the program again; when that does not help, it is a bug.',
      })
}

/** A script that forgot a word of a command must not go on as if the command had run. */
const groupAlone = (argv: readonly string[], help: string): CliError =>
  new CliError('usage', {
    code: 'cli/usage',
    message: `"${[programName, ...argv].join(' ')}" is a group of commands and does nothing by itself.`,
    why: help.trim(),
    fix: 'Name one of its commands.',
    next: `${[programName, ...argv].join(' ')} --help`,
  })

/** The form that was asked for, on a command line that the parser could not read. */
function formatIn(argv: readonly string[]): OutputFormat {
  if (argv.includes('--json')) return 'json'
  const at = argv.findIndex((arg) => arg === '--output' || arg.startsWith('--output='))
  const asked = argv[at]?.includes('=') === true ? argv[at].slice('--output='.length) : argv[at + 1]
  return outputFormats.find((format) => at !== -1 && format === asked) ?? 'text'
}
