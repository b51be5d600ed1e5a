import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineTool } from '../tools/tool.ts'
import { defineAgent } from './agent.ts'
import { AgentRegistry } from './agent-registry.ts'

const tool = (name: string, core = false) =>
  defineTool({
    name,
    description: name,
    parameters: z.object({}),
    effect: 'read',
    core,
    execute: async () => name,
  })

const agent = (name: string, to: readonly string[] = [], tools: ReturnType<typeof tool>[] = []) =>
  defineAgent({
    name,
    title: name,
    description: name,
    instructions: name,
    handoffs: to.map((each) => ({ to: each })),
    tools,
  })

describe('AgentRegistry', () => {
  it('gives each agent the core tools and its own, and no others', () => {
    const shared = tool('shared', true)
    const registry = new AgentRegistry({
      agents: [agent('one', ['two'], [tool('first')]), agent('two', [], [tool('second')])],
      tools: [shared, tool('unused')],
    })
    expect(registry.list().map(({ tools }) => tools.map(({ name }) => name))).toEqual([
      ['shared', 'first'],
      ['shared', 'second'],
    ])
    expect(registry.defaultAgent.name).toBe('one')
    expect(registry.find('three')).toBe(null)
  })

  it('watches over every agent unless told otherwise', () => {
    const [plain, bare] = new AgentRegistry({
      agents: [agent('plain'), { ...agent('bare'), guardrails: 'none' }],
    }).list()
    expect(plain?.guardrails.map(({ name }) => name)).toEqual(['prompt-injection', 'secrets'])
    expect(bare?.guardrails).toEqual([])
  })

  it.each([
    ['a circle', [agent('a', ['b']), agent('b', ['c']), agent('c', ['a'])], 'a → b → c → a'],
    ['an agent that hands over to itself', [agent('a', ['a'])], 'a → a'],
    ['a handoff to nobody', [agent('a', ['b'])], 'which does not exist'],
    ['two agents of one name', [agent('a'), agent('a')], 'Two agents'],
    ['two tools of one name', [agent('a', [], [tool('t')]), agent('b', [], [tool('t')])], 'Two tools'],
    ['no agent', [], 'no agent'],
  ])('refuses %s', (_, agents, message) => {
    expect(() => new AgentRegistry({ agents })).toThrow(message)
  })

  it('lets two agents hand over to the same one', () => {
    const agents = [agent('a', ['b', 'c']), agent('b', ['c']), agent('c')]
    expect(new AgentRegistry({ agents }).list()).toHaveLength(3)
  })

  it.each(['with blank', 'transfer_to_x', '', 'ü'])('refuses the name %j for a tool', (name) => {
    expect(() => tool(name)).toThrow(TypeError)
  })
})
