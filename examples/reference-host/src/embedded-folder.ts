import { existsSync, renameSync, rmSync } from 'node:fs'

/**
 * Makes a database folder by way of a draft, so that a process that dies half-way through leaves nothing that looks like a
 * database. Needs the data folder to be locked.
 */
export async function ensureDatabaseFolder(
  folder: string,
  create: (draft: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return
  const draft = `${folder}.draft`
  rmSync(draft, { recursive: true, force: true })
  await create(draft)
  renameSync(draft, folder)
}
