import { ipinfoGeoIp } from '@corbel/adapters/ipinfo'
import { maxmindGeoIp } from '@corbel/adapters/maxmind'
import { slackNotifier } from '@corbel/adapters/slack'
import type { Cache, GeoIp, Notifier } from '@corbel/core/ports'
import type { ReadSettings } from './read-settings.ts'

type HostValues = ReadSettings['values']['host']

/** Slack, when there is a token. */
export function openNotifier(
  { slackBotToken, slackChannels, slackBaseUrl }: HostValues,
  cache: Cache | undefined,
): { readonly notifier?: Notifier } {
  if (!slackBotToken) return {}
  const threads = cache && { threads: cache }
  // Without its check: an outage of Slack keeps no host from starting and takes none out of service; what is to be told waits.
  const slack = slackNotifier({
    token: slackBotToken,
    channels: slackChannels,
    baseUrl: slackBaseUrl,
    ...threads,
  })
  return { notifier: { adapter: slack.adapter, send: (notification) => slack.send(notification) } }
}

/** Who tells places; nobody, unless the settings name one. */
export function openGeoIp(
  { geoIpProvider, geoIpMaxmindPath, geoIpIpinfoToken, geoIpIpinfoBaseUrl }: HostValues,
  cache: Cache | undefined,
): { readonly geoIp?: GeoIp } {
  if (geoIpProvider === 'maxmind' && geoIpMaxmindPath !== undefined)
    return { geoIp: maxmindGeoIp({ path: geoIpMaxmindPath }) }
  if (geoIpProvider !== 'ipinfo' || !geoIpIpinfoToken) return {}
  const shared = cache && { cache }
  return {
    geoIp: ipinfoGeoIp({
      token: geoIpIpinfoToken,
      baseUrl: geoIpIpinfoBaseUrl ?? 'https://ipinfo.io',
      ...shared,
    }),
  }
}
