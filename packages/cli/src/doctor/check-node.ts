import type { Finding } from './finding.ts'

// The first one that strips types without a flag.
const least = [22, 18] as const

export async function checkNode(): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < least[0] || (major === least[0] && minor < least[1])
  return [
    {
      id: isOld ? 'node.old' : 'node',
      severity: isOld ? 'error' : 'ok',
      subject: 'Node',
      what: `is ${process.version}`,
      ...(isOld && { fix: `Install Node ${least.join('.')} or newer.` }),
    },
  ]
}
