import { buildCommand, type Command, type TypedCommandParameters } from '@stricli/core'
import type { CliContext, GlobalFlags, Invocation } from './cli-context.ts'
import type { CommandKind } from './command-kind.ts'
import type { Result } from './envelope.ts'
import { outputFormats } from './render.ts'

type Flags = Readonly<Record<string, unknown>>

/** The behaviour of a command, in a file of its own that is loaded when the command is called. */
export type Action<F extends Flags = Flags, A extends readonly string[] = []> = (
  invocation: Invocation,
  flags: F,
  ...args: A
) => Promise<Result>

export interface CommandSpec<F extends Flags, A extends readonly string[]> {
  readonly kind: CommandKind
  readonly brief: string
  readonly description?: string
  readonly load: () => Promise<{ readonly action: Action<F, A> }>
  readonly parameters?: TypedCommandParameters<F, A, CliContext>
}

const text = (input: string): string => input

const globalFlags = {
  output: {
    kind: 'enum',
    values: outputFormats,
    brief: 'Form of the result on standard output',
    default: 'text',
  },
  json: { kind: 'boolean', brief: 'Short for --output json', default: false, withNegated: false },
  config: {
    kind: 'parsed',
    parse: text,
    brief: 'File that names the stack',
    optional: true,
    placeholder: 'file',
  },
  // Not --env-file: Node takes that one for itself wherever it stands on the command line.
  settingsFile: {
    kind: 'parsed',
    parse: text,
    brief: 'File of settings below those of the environment; repeatable [default = .env, when it is there]',
    optional: true,
    variadic: true,
    placeholder: 'file',
  },
  nonInteractive: { kind: 'boolean', brief: 'Never ask', default: false, withNegated: false },
} as const

/** A command of the tree: the flags of every command added, its behaviour loaded when it is called. */
export function command<const F extends Flags = {}, const A extends readonly string[] = []>(
  spec: CommandSpec<F, A>,
): Command<CliContext> {
  const { parameters, kind, load, brief, description } = spec
  return buildCommand<GlobalFlags & F, A, CliContext>({
    docs: { brief, ...(description !== undefined && { fullDescription: description }) },
    // The parser's own types cannot follow a merge of known and unknown flags.
    parameters: {
      ...parameters,
      flags: { ...parameters?.flags, ...globalFlags },
    } as unknown as TypedCommandParameters<GlobalFlags & F, A, CliContext>,
    loader: async () => {
      const [{ action }, { invoke }] = await Promise.all([load(), import('./invoke.ts')])
      return async function run(this: CliContext, flags: GlobalFlags & F, ...args: A): Promise<void> {
        await invoke(this, kind, flags, (invocation) => action(invocation, flags, ...args))
      }
    },
  })
}
