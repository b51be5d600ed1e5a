import { defineMetrics } from '@corbel/core'

const seconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Labels take their values from what is declared: agents, their models, tools. No tenant, user or conversation. */
export const AgentsMetrics = defineMetrics({
  runs: {
    name: 'corbel_agents_runs_total',
    kind: 'counter',
    help: 'Runs by the agent that had the last word and outcome: completed, failed, cancelled, expired; waiting each time one waits for an approval.',
    labels: ['agent', 'outcome'],
  },
  modelCalls: {
    name: 'corbel_agents_model_calls_total',
    kind: 'counter',
    help: 'Calls of models by outcome: completed, failed, aborted, refused (by the budget, and not made).',
    labels: ['agent', 'model', 'outcome'],
  },
  modelDuration: {
    name: 'corbel_agents_model_call_duration_seconds',
    kind: 'histogram',
    help: 'Time from a call of a model to its last word.',
    labels: ['agent', 'model'],
    buckets: seconds,
  },
  tokens: {
    name: 'corbel_agents_tokens_total',
    kind: 'counter',
    help: 'Tokens by kind: input, output. Guesses where the provider did not tell.',
    labels: ['agent', 'model', 'kind'],
  },
  toolCalls: {
    name: 'corbel_agents_tool_calls_total',
    kind: 'counter',
    help: 'Calls of tools by outcome: completed, failed, refused (not made), withheld (made, and its result not shown to the model).',
    labels: ['agent', 'tool', 'outcome'],
  },
})
