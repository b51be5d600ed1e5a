import { type LoopbackServer, openLoopback } from './loopback-server.ts'

/** What the check of a component looks at. */
export interface CheckedService extends LoopbackServer {
  isBroken: boolean
  /** How often it was looked at, by what it answered. */
  readonly looks: { passed: number; failed: number }
}

export async function openCheckedService(): Promise<CheckedService> {
  const server = await openLoopback((_, response) => {
    service.looks[service.isBroken ? 'failed' : 'passed']++
    response.writeHead(service.isBroken ? 503 : 204).end()
  })
  const service: CheckedService = { ...server, isBroken: false, looks: { passed: 0, failed: 0 } }
  return service
}
