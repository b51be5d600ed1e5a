export { openTelemetryTracer, type OpenTelemetryTracerOptions } from './opentelemetry-tracer.ts'
