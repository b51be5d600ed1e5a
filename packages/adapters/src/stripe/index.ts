export { stripeGateway, type StripeGatewayOptions } from './stripe-gateway.ts'
