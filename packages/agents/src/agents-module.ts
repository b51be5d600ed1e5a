import { defineModule, type ModuleContext, refuseStart, standInProblems } from '@corbel/core'
import type { Agent } from './agents/agent.ts'
import { agentUsage } from './agent-usage.ts'
import { agentCatalogRoutes } from './agents/agent-catalog-routes.ts'
import { AgentCatalogService } from './agents/agent-catalog-service.ts'
import { AgentRegistry } from './agents/agent-registry.ts'
import { bundledAgents } from './agents/bundled/bundled-agents.ts'
import { currentTime } from './agents/bundled/bundled-tools.ts'
import { ApprovalErrors } from './approvals/approval-errors.ts'
import { ApprovalEvents } from './approvals/approval-events.ts'
import { approvalRoutes } from './approvals/approval-routes.ts'
import { ApprovalSettings } from './approvals/approval-settings.ts'
import { AgentsErrors } from './agents-errors.ts'
import { AgentsEvents } from './agents-events.ts'
import { AgentsJobs } from './agents-jobs.ts'
import { AgentsMetrics } from './agents-metrics.ts'
import { AgentsPermissions } from './agents-permissions.ts'
import { AgentsSettings } from './agents-settings.ts'
import { conversationCatalogs, conversationJobs, conversationServices } from './conversation-services.ts'
import { conversationRoutes } from './conversations/conversation-routes.ts'
import { fileRoutes } from './files/file-routes.ts'
import type { AgentsRepositories } from './ports/agents-repositories.ts'
import { hostedToolProblems } from './models/hosted-tool-problems.ts'
import { ModelErrors } from './models/model-errors.ts'
import { TenantModels } from './models/tenant-models.ts'
import type { McpConnector } from './ports/mcp-connector.ts'
import { McpTools } from './tools/mcp-tools.ts'
import type { ModelVendor } from './ports/model-vendor.ts'
import type { Models } from './ports/models.ts'
import { offlineModels } from './ports/models.offline.ts'
import { ProviderProbeService } from './provider-settings/provider-probe-service.ts'
import { providerSettingRoutes } from './provider-settings/provider-setting-routes.ts'
import { searchRoutes } from './search/search-routes.ts'
import { type Quota, unlimitedQuota } from './ports/quota.ts'
import { runJobs, runServices } from './run-services.ts'
import { runRoutes } from './runs/run-routes.ts'
import { RunSettings } from './runs/run-settings.ts'
import { RunningRuns } from './runs/running-runs.ts'
import type { Tool } from './tools/tool.ts'

export interface AgentsOptions {
  /** The first is the one that is asked when nobody says which. @default triage, code and data */
  readonly agents?: readonly Agent[]
  /** Tools beyond those that agents list: those with `core` go to every agent. @default the time */
  readonly tools?: readonly Tool[]
  /** By the platform's own account. @default a stand-in that answers by rules, which production refuses */
  readonly models?: Models
  /** Those with which tenants may have accounts of their own. @default none */
  readonly vendors?: readonly ModelVendor[]
  /** What reaches servers of tools; needed when an agent has one. @default none */
  readonly mcp?: McpConnector
  /** What tenants may spend on models. @default as much as they like */
  readonly quota?: Quota
}

const settings = { ...AgentsSettings, ...RunSettings, ...ApprovalSettings, ...conversationCatalogs.settings }

type Context = ModuleContext<AgentsRepositories, Record<never, never>, typeof settings, RunningRuns>

/**
 * Agents, tools, conversations and runs.
 *
 * @throws TypeError when the agents do not fit together: names that clash, handoffs to nobody or in a circle.
 */
export const agents = ({
  agents: declared = bundledAgents,
  tools = [currentTime],
  models = offlineModels(),
  vendors = [],
  mcp,
  quota = unlimitedQuota,
}: AgentsOptions = {}) => {
  const registry = new AgentRegistry({ agents: declared, tools })
  if (mcp === undefined && registry.list().some(({ mcpServers }) => mcpServers.length > 0))
    throw new TypeError(
      'An agent has servers of tools, and nothing reaches them. Give `mcp`, such as mcpConnector().',
    )
  return defineModule({
    name: 'agents',
    catalogs: {
      settings,
      errors: [AgentsErrors, ApprovalErrors, ModelErrors, ...conversationCatalogs.errors],
      events: { ...AgentsEvents, ...ApprovalEvents, ...conversationCatalogs.events },
      jobs: { ...AgentsJobs, ...conversationCatalogs.jobs },
      metrics: AgentsMetrics,
      permissions: AgentsPermissions,
    },
    // Runs are followed, cancelled and resumed from any process.
    needs: ['eventStream', 'pubSub', 'objectStore'],
    state: () => new RunningRuns(),
    services: ({ settings: values, platform, repositories, transaction, state: running }: Context) => {
      const conversations = conversationServices({
        ...platform,
        ...values,
        ...repositories,
        transaction: (work) => transaction(({ repositories: bound, events }) => work({ ...bound, events })),
      })
      const { providerSettings, fileService } = conversations
      const tenantModels = new TenantModels({ models, vendors, providerSettings })
      return {
        profile: platform.profile,
        hostedToolProblems: hostedToolProblems({ registry, modelSettings: values, models, vendors }),
        usage: agentUsage(repositories.agentUsage),
        catalog: new AgentCatalogService({ registry, modelSettings: values, modelsAdapter: models.adapter }),
        ...conversations,
        providerProbe: new ProviderProbeService({ tenantModels, settings: providerSettings }),
        ...runServices({
          ...platform,
          ...repositories,
          registry,
          fileService,
          mcpTools: mcp ? new McpTools({ ...platform, connector: mcp }) : null,
          tenantModels,
          quota,
          running,
          approvalTtl: values.approvalTtl,
          modelSettings: values,
          transaction,
        }),
      }
    },
    routes: ({
      catalog,
      approvals,
      runs,
      runStreams,
      conversations,
      conversationExport,
      conversationSearch,
      providerSettings,
      providerProbe,
      fileService,
    }) => [
      ...fileRoutes(fileService),
      ...approvalRoutes(approvals),
      ...runRoutes(runs, runStreams),
      ...agentCatalogRoutes(catalog),
      ...searchRoutes(conversationSearch),
      ...providerSettingRoutes(providerSettings, providerProbe),
      ...conversationRoutes(conversations, conversationExport),
    ],
    personalData: ({ personal }) => personal,
    usage: ({ usage }) => usage,
    jobs: (services) => [...runJobs(services), ...conversationJobs(services)],
    start: async ({ profile, runs, hostedToolProblems: problems }) => {
      refuseStart(profile, [...standInProblems(profile, { models }), ...problems])
      await runs.listen()
    },
  })
}
