import { describe, expect, it } from 'vitest'
import { guard, GuardrailTripped, OutputGate } from './guard.ts'
import type { Guardrail } from './guardrail.ts'
import { secretsGuardrail } from './local-guardrails.ts'

const { signal } = new AbortController()
const options = (guardrails: readonly Guardrail[], failClosed = true) => ({
  guardrails,
  agent: 'a',
  signal,
  failClosed,
})
const broken: Guardrail = {
  name: 'broken',
  summary: 'Fails.',
  stages: ['input'],
  check: () => Promise.reject(new Error('down')),
}
const secret = `sk-${'a1B2'.repeat(8)}`

describe('guard', () => {
  it('refuses what a broken guardrail should have checked, where it fails closed', async () => {
    await expect(guard('x', 'input', options([broken]))).rejects.toThrow(GuardrailTripped)
    await guard('x', 'input', options([broken], false))
    await guard('x', 'output', options([broken]))
  })
})

describe('OutputGate', () => {
  it('lets nothing of a secret out, in whatever pieces it comes', async () => {
    const text = `Here it is: ${secret} and more`
    for (let size = 1; size <= text.length; size++) {
      const gate = new OutputGate(options([secretsGuardrail]))
      const run = async () => {
        for (let at = 0; at < text.length; at += size) await gate.push(text.slice(at, at + size))
        await gate.finish()
      }
      await expect(run()).rejects.toThrow(GuardrailTripped)
      expect('Here it is: '.startsWith(gate.released)).toBe(true)
    }
  })

  it('lets words out as they are complete, and the rest at the end', async () => {
    const gate = new OutputGate(options([secretsGuardrail]))
    expect(await gate.push('Hel')).toBe('')
    expect(await gate.push('lo wor')).toBe('Hello ')
    expect(await gate.push('ld')).toBe('')
    expect(await gate.finish()).toBe('world')
    expect(gate.released).toBe('Hello world')
  })

  it('keeps all back for a guardrail that must see the whole', async () => {
    const whole: Guardrail = { name: 'w', summary: '', stages: ['output'], check: () => null }
    const gate = new OutputGate(options([whole]))
    expect(await gate.push('Hello world. ')).toBe('')
    expect(await gate.finish()).toBe('Hello world. ')
  })
})
