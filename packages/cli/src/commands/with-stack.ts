import type { OpenedStack } from '../config.ts'
import type { Invocation } from '../run/cli-context.ts'
import { notOffered } from '../run/not-offered.ts'

/** What an opened stack may offer. */
type Part = Exclude<keyof OpenedStack, 'readiness' | 'close'>

/** Opens the stack, lends one part of it, and closes it. */
export async function withStack<K extends Part, T>(
  { config, settings }: Invocation,
  part: K,
  work: (tools: NonNullable<OpenedStack[K]>) => Promise<T>,
): Promise<T> {
  const { config: declared, path } = await config()
  if (!declared.openStack) throw notOffered(path, 'openStack')
  const stack = await declared.openStack(await settings())
  try {
    const tools = stack[part]
    if (!tools) throw notOffered(path, part)
    return await work(tools)
  } finally {
    await stack.close()
  }
}
