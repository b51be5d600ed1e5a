import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { fromEnv } from '@corbel/core'

/** Preloaded: kills this process before its n-th change to a file, as KILL_AT says. */
const at = Number(fromEnv().get('KILL_AT'))
let count = 0

const deadly =
  <A extends unknown[], R>(change: (...args: A) => R) =>
  (...args: A): R => {
    count += 1
    if (count === at) process.kill(process.pid, 'SIGKILL')
    return change(...args)
  }

const { renameSync, rmSync, appendFileSync } = fs
Object.assign(fs, {
  renameSync: deadly(renameSync),
  rmSync: deadly(rmSync),
  appendFileSync: deadly(appendFileSync),
})
syncBuiltinESMExports()
