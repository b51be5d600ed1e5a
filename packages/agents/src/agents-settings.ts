import { defineSettings, line, listOf } from '@corbel/core'

const modelName = (item: string): string | undefined => (/^[\w./:@-]{1,100}$/.test(item) ? item : undefined)

export const AgentsSettings = defineSettings({
  modelDefault: {
    env: 'AGENT_MODEL_DEFAULT',
    section: 'agents',
    summary:
      'Model of agents that have no other. One of another provider than OpenAI begins with its name: anthropic/…, gemini/…, openai-compatible/….',
    schema: line(100),
    default: 'gpt-5.1',
  },
  modelTriage: {
    env: 'AGENT_MODEL_TRIAGE',
    section: 'agents',
    summary: 'Model of agents that sort out requests. Absent: AGENT_MODEL_DEFAULT.',
    schema: line(100),
  },
  modelCode: {
    env: 'AGENT_MODEL_CODE',
    section: 'agents',
    summary: 'Model of agents that write code. Absent: AGENT_MODEL_DEFAULT.',
    schema: line(100),
  },
  modelData: {
    env: 'AGENT_MODEL_DATA',
    section: 'agents',
    summary: 'Model of agents that work on data. Absent: AGENT_MODEL_DEFAULT.',
    schema: line(100),
  },
  modelFallbacks: {
    env: 'AGENT_MODEL_FALLBACKS',
    section: 'agents',
    summary:
      'Models to try, in this order, when a model fails before its first word; a commercial choice, for each may cost another price.',
    schema: listOf('names of models', modelName),
    default: [],
    example: 'gpt-5-mini',
  },
})
