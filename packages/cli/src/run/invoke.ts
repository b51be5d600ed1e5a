import { dirname, resolve } from 'node:path'
import { inspect } from 'node:util'
import { CliError } from './cli-error.ts'
import type { CliContext, GlobalFlags, Invocation, LoadedConfig } from './cli-context.ts'
import type { CommandKind } from './command-kind.ts'
import type { Result } from './envelope.ts'
import { loadConfig } from './load-config.ts'
import { readSettings } from './read-settings.ts'
import { isClosed } from './streams.ts'
import { toCliError } from './to-cli-error.ts'

/** Runs the behaviour of a command and settles what came of it. Never rejects. */
export async function invoke(
  context: CliContext,
  kind: CommandKind,
  flags: GlobalFlags,
  run: (invocation: Invocation) => Promise<Result>,
): Promise<void> {
  const format = flags.json ? 'json' : flags.output
  try {
    const { host } = context
    if (kind === 'print' && isClosed(host.stdout)) {
      throw new CliError('failed', {
        code: 'cli/no-output',
        message: 'Standard output is closed, and this command does nothing but print.',
        fix: 'Redirect standard output to a file or a pipe.',
      })
    }
    const result = await run(invocationOf(context, flags, format === 'text'))
    host.signal.throwIfAborted()
    context.settle({ ok: true, result }, format)
  } catch (error) {
    const { signal, env, stderr } = context.host
    if (isSet(env['CORBEL_DEBUG'])) stderr.write(`${inspect(error)}\n`)
    context.settle({ ok: false, error: signal.aborted ? interrupted() : toCliError(error) }, format)
  }
}

const interrupted = (): CliError =>
  new CliError('interrupted', {
    code: 'cli/interrupted',
    message: 'The command was interrupted.',
    fix: 'Run it again: what was done is kept, and no step is done twice.',
  })

function invocationOf(
  { command, host, propose }: CliContext,
  flags: GlobalFlags,
  chatty: boolean,
): Invocation {
  const resolvePath = (path: string): string => resolve(host.cwd(), path)
  let config: Promise<LoadedConfig> | undefined
  const load = (): Promise<LoadedConfig> => (config ??= loadConfig(host.cwd(), flags.config))
  return {
    command,
    process: host,
    flags,
    interactive:
      host.stdin.isTTY && host.stdout.isTTY && !isSet(host.env['CI']) && !flags.nonInteractive && chatty,
    config: load,
    settings: async () =>
      readSettings(host.env, flags.settingsFile?.map(resolvePath), dirname((await load()).path)),
    resolve: resolvePath,
    propose,
    progress: (line) => {
      if (chatty) host.stderr.write(`${line}\n`)
    },
  }
}

const isSet = (value: string | undefined): boolean => value !== undefined && !/^(?:|0|false)$/i.test(value)
