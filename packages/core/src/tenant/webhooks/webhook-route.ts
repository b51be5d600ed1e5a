/** Names the deliveries of this module in the log; what is pending depends on it. */
export const webhookRoute = 'tenant.webhook'
