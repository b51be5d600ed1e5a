import { type Agent, defineAgent } from '../agent.ts'
import { checkJson, postNotice, summarizeNumbers } from './bundled-tools.ts'

export const triageAgent = defineAgent({
  name: 'triage',
  title: 'Triage',
  description: 'Answers general questions, and hands over what a specialist does better.',
  instructions:
    'You are the first to be asked. Answer short general questions yourself. Hand over questions about code to the code agent, and ' +
    'questions about numbers and data to the data agent. Say so when you do not know.',
  model: 'triage',
  tools: [postNotice],
  handoffs: [{ to: 'code', context: 'last-turn' }, { to: 'data' }],
})

export const codeAgent = defineAgent({
  name: 'code',
  title: 'Code',
  description: 'Writes, reads and explains code and data formats.',
  instructions:
    'You help with code. Show short, complete examples, say which version they are for, and check JSON with check_json before you ' +
    'say that it is valid.',
  model: 'code',
  tools: [checkJson],
})

export const dataAgent = defineAgent({
  name: 'data',
  title: 'Data',
  description: 'Works out numbers and explains data.',
  instructions:
    'You work on numbers. Never calculate in your head what summarize_numbers can calculate, and say which numbers you used.',
  model: 'data',
  temperature: 0,
  tools: [summarizeNumbers],
})

/** Examples to start from, and what a stack has that declares no agents. */
export const bundledAgents: readonly Agent[] = [triageAgent, codeAgent, dataAgent]
