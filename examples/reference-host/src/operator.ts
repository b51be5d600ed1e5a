import { DomainError } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { failureReport } from './failure-report.ts'
import { createOperator } from './first-operator.ts'
import { HostError } from './host-error.ts'
import { prepareSchema } from './migrations.ts'
import { readSettings } from './read-settings.ts'
import { composeStack, createPorts, openDatabase, openRedis, refuseSettings } from './stack.ts'

const usage = `Usage: npm run operator -- <e-mail>

Creates an operator of the platform and shows the password, this once. Run it in a terminal, not in a job whose output is kept.`

async function run(email: string | undefined): Promise<string> {
  if (email === undefined || !email.includes('@')) throw new HostError(usage)
  const settings = readSettings()
  refuseSettings(settings)
  const { host } = settings.values
  const database = await openDatabase(host)
  const redis = openRedis(host)
  try {
    await prepareSchema(database, host.autoRunMigrations)
    const stack = composeStack(settings, createPorts(settings, redis, silentLogger), database, silentLogger)
    const operator = await createOperator(stack.auth.users, email)
    return `e-mail    ${operator.email}\npassword  ${operator.password}`
  } catch (error) {
    throw error instanceof DomainError ? new HostError(error.message, { cause: error }) : error
  } finally {
    redis?.disconnect()
    await database.close()
  }
}

try {
  console.log(await run(process.argv[2]))
} catch (error) {
  console.error(failureReport(error))
  process.exitCode = 1
}
