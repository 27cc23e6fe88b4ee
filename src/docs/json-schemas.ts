import {type JsonSchema, toJsonSchema} from '@valibot/to-json-schema'
import type {GenericSchema} from 'valibot'
import {settingsSchema} from '../charts/settings-schema.ts'
import {releaseRef, workloadProgress, workloadRef} from './common-shapes.ts'
import {errorDocument} from './error-shape.ts'
import {event} from './event-shape.ts'
import {fleetOutcome} from './fleet-shape.ts'
import {failure, outcome} from './outcome-shape.ts'
import {plan} from './plan-shape.ts'
import {
  doctorDocument,
  historyDocument,
  logDocument,
  sandboxDocument,
  statusDocument,
  versionsDocument,
} from './reading-shapes.ts'
import {SETTINGS} from './settings-table.ts'

const DEFINITIONS = {plan, failure, releaseRef, workloadRef, workloadProgress}

/** For editors: what a person may write in `deploy.yaml`, so durations are texts here. */
export function deploySchemaText(): string {
  const schema = toJsonSchema(settingsSchema, {typeMode: 'input', errorMode: 'ignore'})
  for (const [path, {text}] of Object.entries(SETTINGS)) describe(schema, path.split('.'), text)
  return text('deploy.yaml', schema)
}

export function outcomeSchemaText(): string {
  return text(
    'The outcome document of deploy: --json, and the last event of --events',
    published(outcome, DEFINITIONS),
  )
}

export function eventSchemaText(): string {
  return text('One line of deploy --events', published(event, {...DEFINITIONS, outcome}))
}

export function fleetSchemaText(): string {
  return text(
    'The document of deploy service and diff for several services: --json, and the last line of --events',
    published(fleetOutcome, {...DEFINITIONS, outcome}),
  )
}

export function errorSchemaText(): string {
  return text('The error document of deploy --json', published(errorDocument, {}))
}

export function statusSchemaText(): string {
  return text('The document of deploy status --json', published(statusDocument, {}))
}

export function historySchemaText(): string {
  return text('The document of deploy history --json', published(historyDocument, {}))
}

export function logSchemaText(): string {
  return text('One line of deploy logs --json', published(logDocument, {}))
}

export function doctorSchemaText(): string {
  return text('The document of deploy doctor --json', published(doctorDocument, {}))
}

export function versionsSchemaText(): string {
  return text('The document of deploy version get --json', published(versionsDocument, {}))
}

export function sandboxSchemaText(): string {
  return text('The document of deploy sandbox status --json', published(sandboxDocument, {}))
}

function published(schema: GenericSchema, definitions: Record<string, GenericSchema>): JsonSchema {
  return toJsonSchema(schema, {typeMode: 'input', definitions})
}

function text(title: string, schema: JsonSchema): string {
  const {$schema, ...rest} = schema
  return `${JSON.stringify({$schema, title, ...rest}, undefined, 2)}\n`
}

/** @throws Error for a path that the schema does not have: a setting that is gone must go from the docs, too */
function describe(schema: JsonSchema, path: readonly string[], text: string): void {
  const [key, ...rest] = path
  if (key === undefined) {
    schema.description = text
    return
  }
  const next = key === '*' ? schema.additionalProperties : schema.properties?.[key]
  if (typeof next !== 'object') throw new Error(`deploy.yaml has no setting ${key}`)
  describe(next, rest, text)
}
