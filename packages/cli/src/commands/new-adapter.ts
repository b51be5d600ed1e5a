import { join } from 'node:path'
import type { Action } from '../run/command.ts'
import { type AdapterPort, adapterScaffold } from '../scaffold/adapter-scaffold.ts'
import { checkName, writeScaffold } from '../scaffold/write-scaffold.ts'

export type NewAdapterFlags = { readonly port: AdapterPort; readonly to: string }

export const action: Action<NewAdapterFlags, [string]> = async ({ resolve }, { port, to }, name) => {
  checkName(name)
  const files = writeScaffold(resolve(to), adapterScaffold(name, port))
  return {
    data: { files },
    text: files.join('\n'),
    next: [
      { command: `corbel adapter verify ${join(to, name, 'verify.ts')}`, when: 'the law is to be put to it' },
    ],
  }
}
