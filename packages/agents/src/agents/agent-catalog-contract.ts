import { defineContract, ok, scope } from '@corbel/core'
import * as z from 'zod'
import { AgentsErrors } from '../agents-errors.ts'
import { AgentsPermissions } from '../agents-permissions.ts'
import { GuardrailPresetView, GuardrailView } from '../guardrails/guardrail.ts'
import { ToolView } from '../tools/tool.ts'
import { AgentStatus, AgentView } from './agent.ts'

const access = scope(AgentsPermissions.read.scope)
const listOf = <const S extends z.ZodType>(item: S) => ok(z.object({ data: z.array(item).readonly() }))

export const agentCatalogContract = defineContract('agents', '/api/v1', {
  listAgents: {
    method: 'GET',
    path: '/agents',
    access,
    summary: 'List the agents',
    success: listOf(AgentView),
  },
  status: {
    method: 'GET',
    path: '/agents/{name}/status',
    access,
    summary: 'Show whether an agent answers, and by which model',
    params: z.object({ name: z.string().max(100) }),
    success: ok(AgentStatus),
    errors: [AgentsErrors.agentNotFound],
  },
  listTools: {
    method: 'GET',
    path: '/tools',
    access,
    summary: 'List the tools, and which agents have them',
    success: listOf(ToolView),
  },
  listGuardrails: {
    method: 'GET',
    path: '/guardrails',
    access,
    summary: 'List the guardrails, and which agents they watch over',
    success: listOf(GuardrailView),
  },
  listGuardrailPresets: {
    method: 'GET',
    path: '/guardrails/presets',
    access,
    summary: 'List the sets of guardrails that agents can be declared with',
    success: listOf(GuardrailPresetView),
  },
})
