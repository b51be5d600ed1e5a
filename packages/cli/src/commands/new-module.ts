import type { Action } from '../run/command.ts'
import { moduleScaffold } from '../scaffold/module-scaffold.ts'
import { camel, checkName, writeScaffold } from '../scaffold/write-scaffold.ts'

export const action: Action<{ readonly to: string }, [string]> = async ({ resolve }, { to }, name) => {
  checkName(name)
  const files = writeScaffold(resolve(to), moduleScaffold(name))
  return {
    data: { files },
    text: `${files.join('\n')}\nNow put ${camel(name)}() into the modules of createStack.`,
  }
}
