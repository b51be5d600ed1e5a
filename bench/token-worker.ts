import { createPublicKey } from 'node:crypto'
import { openHostStack, signIn } from './host-stack.ts'
import type { Slice } from './measure.ts'
import { verifyAll } from './raw-token.ts'
import { serveWorker } from './processes.ts'

const coldTokens = 2000
const warmCalls = 400_000
const encoder = new TextEncoder()

const { stack, keyVault } = await openHostStack(process.argv[2] ?? '')
const { accessTokens } = stack.auth
const { token } = await signIn(stack.fetch)
const [publicKey] = await keyVault.publicKeys()
if (publicKey === undefined) throw new Error('The vault has no key.')
const key = createPublicKey({ key: { ...publicKey }, format: 'jwk' })

/** Tokens that differ from the issued one in their id alone, so that none was seen before. */
async function freshTokens(): Promise<readonly string[]> {
  const [head = '', body = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
  const signer = await keyVault.signer()
  const tokens: string[] = []
  for (let i = 0; i < coldTokens; i++) {
    const text = JSON.stringify({ ...claims, jti: `act_${crypto.randomUUID()}` })
    const signed = `${head}.${Buffer.from(text).toString('base64url')}`
    const signature = Buffer.from(await signer.sign(encoder.encode(signed))).toString('base64url')
    // As one piece, like a header that came over the wire: not a rope that V8 would have to join first.
    tokens.push(Buffer.from(`${signed}.${signature}`).toString('latin1'))
  }
  return tokens
}

async function measured(operations: number, work: () => unknown): Promise<Slice> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { operations, serverMicros: user + system, databaseMicros: 0 }
}

const slices: Readonly<Record<string, () => Promise<Slice>>> = {
  async raw() {
    const parts = (await freshTokens()).map((text) => {
      const dot = text.lastIndexOf('.')
      return {
        data: encoder.encode(text.slice(0, dot)),
        signature: Buffer.from(text.slice(dot + 1), 'base64url'),
      }
    })
    return measured(coldTokens, () => verifyAll(key, parts))
  },
  async cold() {
    const tokens = await freshTokens()
    return measured(coldTokens, async () => {
      for (const text of tokens) await accessTokens.authenticate(text)
    })
  },
  async warm() {
    await accessTokens.authenticate(token)
    return measured(warmCalls, async () => {
      for (let i = 0; i < warmCalls; i++) await accessTokens.authenticate(token)
    })
  },
}

serveWorker('ready', (name: string) => slices[name]?.() ?? Promise.reject(new Error(name)))
