import { defineMetrics } from '../module/define-metrics.ts'

/** Who was told of incidents is in `corbel_deliveries_total`, by route: `status.email`, `status.webhook`, `status.notifier`. */
export const StatusMetrics = defineMetrics({
  probes: {
    name: 'corbel_status_probes_total',
    kind: 'counter',
    help: 'Checks of components of the status page that were noted: passed or failed.',
    labels: ['outcome'],
  },
  transitions: {
    name: 'corbel_status_component_transitions_total',
    kind: 'counter',
    help: 'Components of the status page that their checks have turned: down after failures in a row, up after they passed again.',
    labels: ['to'],
  },
})
