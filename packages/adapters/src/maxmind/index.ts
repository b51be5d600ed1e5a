export { maxmindGeoIp, type MaxmindGeoIpOptions } from './maxmind-geo-ip.ts'
