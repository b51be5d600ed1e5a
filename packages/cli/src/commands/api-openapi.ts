import type { Action } from '../run/command.ts'

export const action: Action = async ({ config }) => {
  const { openApi } = await (await config()).config.describe()
  return { data: openApi, text: JSON.stringify(openApi, null, 2) }
}
