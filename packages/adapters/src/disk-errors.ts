import { PortErrors } from '@corbel/core/ports'

/** A disk that is full, beyond its quota, read-only or broken: the request is right, and later it may succeed. */
const codes = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])

const retryAfter = 30

/** Runs what writes to the disk. @throws `port/unavailable` when the disk takes nothing. */
export async function onDisk<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw codes.has(Object(error).code) ? PortErrors.unavailable({ retryAfter }, { cause: error }) : error
  }
}
