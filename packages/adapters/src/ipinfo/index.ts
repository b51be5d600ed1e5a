export { ipinfoGeoIp, type IpinfoGeoIpOptions } from './ipinfo-geo-ip.ts'
