import type { InspectedSettings } from '@corbel/core'

/** Whether the settings check has already told what is wrong with a setting. */
export const unusable = ({ problems }: InspectedSettings, setting: string): boolean =>
  problems.some(
    ({ subject, what }) => subject === setting && (what === 'is missing' || what === 'is not valid'),
  )
