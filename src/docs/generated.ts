import {withBlock} from './block.ts'
import {exitCodeTable} from './exit-codes.ts'
import {
  deploySchemaText,
  doctorSchemaText,
  errorSchemaText,
  eventSchemaText,
  historySchemaText,
  fleetSchemaText,
  logSchemaText,
  outcomeSchemaText,
  sandboxSchemaText,
  statusSchemaText,
  versionsSchemaText,
} from './json-schemas.ts'
import {recordedTable} from './recorded-cases.ts'
import {settingsTable} from './settings-table.ts'

/** A file that is made from the code, whole or between two marks: what it should hold, from what it holds now. */
export type Generated = {path: string; render: (current: string) => string}

export const GENERATED: readonly Generated[] = [
  {path: 'README.md', render: current => withBlock(current, 'exit-codes', exitCodeTable())},
  {path: 'docs/exit-codes.md', render: current => withBlock(current, 'exit-codes', exitCodeTable())},
  {path: 'docs/configuration.md', render: current => withBlock(current, 'settings', settingsTable())},
  {path: 'docs/rollout.md', render: current => withBlock(current, 'recorded', recordedTable())},
  {path: 'schemas/deploy.schema.json', render: deploySchemaText},
  {path: 'schemas/outcome.schema.json', render: outcomeSchemaText},
  {path: 'schemas/fleet.schema.json', render: fleetSchemaText},
  {path: 'schemas/error.schema.json', render: errorSchemaText},
  {path: 'schemas/event.schema.json', render: eventSchemaText},
  {path: 'schemas/status.schema.json', render: statusSchemaText},
  {path: 'schemas/history.schema.json', render: historySchemaText},
  {path: 'schemas/log.schema.json', render: logSchemaText},
  {path: 'schemas/doctor.schema.json', render: doctorSchemaText},
  {path: 'schemas/versions.schema.json', render: versionsSchemaText},
  {path: 'schemas/sandbox.schema.json', render: sandboxSchemaText},
]
