import type { Action } from '../run/command.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

// Each asks the program itself, so that a script never goes stale.
const scripts: Readonly<Record<Shell, string>> = {
  bash: `_corbel() {
  local IFS=$'\\n'
  COMPREPLY=($(corbel complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _corbel corbel
`,
  zsh: `#compdef corbel
_corbel() {
  local -a found
  found=("\${(@f)$(corbel complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _corbel corbel
`,
  fish: `complete -c corbel -f -a '(corbel complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

export const action: Action<Readonly<Record<never, never>>, [Shell]> = async (
  _invocation,
  _flags,
  shell,
) => ({
  data: { shell, script: scripts[shell] },
  text: scripts[shell],
})
