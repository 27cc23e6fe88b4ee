import {Ajv} from 'ajv'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {errorText} from '../../src/cli/base-command.ts'
import {DeployError} from '../../src/errors.ts'
import {parseSettings} from '../../src/charts/parse-settings.ts'
import {SETTINGS} from '../../src/docs/settings-table.ts'

const root = join(import.meta.dirname, '..', '..')
const fixtures = join(import.meta.dirname, 'fixtures')
const recorded = (suffix: string) => readdirSync(fixtures).filter(name => name.endsWith(suffix))
const read = (name: string) => readFileSync(join(fixtures, name), 'utf8')

test.each(recorded('.ndjson'))('every event of %s fits the published schema', name => {
  const validate = validator('event')
  for (const line of read(name).trim().split('\n')) expectValid(validate, promised(JSON.parse(line)))
})

test.each(recorded('.ndjson'))('%s ends with an outcome that fits the published schema', name => {
  const last = JSON.parse(read(name).trim().split('\n').at(-1) ?? '')
  expect(last.kind).toBe('run-finished')
  expectValid(validator('outcome'), last.outcome)
})

test.each(recorded('.json').filter(name => name !== 'error.json'))('%s fits the published schema', name => {
  expectValid(validator('outcome'), JSON.parse(read(name)))
})

test('error.json fits the published schema', () => {
  expectValid(validator('error'), JSON.parse(read('error.json')))
})

test.each([
  ['an unknown kind', {kind: 'vanished'}],
  ['a missing exit code', {exitCode: undefined}],
  ['a state nobody knows', {releases: [{environment: 'x', release: {}, state: 'lost', images: []}]}],
])('an outcome with %s does not fit', (_, wrong) => {
  const validate = validator('outcome')
  expect(validate({...JSON.parse(read('declined.json')), ...wrong})).toBe(false)
})

const examples = [
  ['charts: /srv/deployment-charts', true],
  ['environments: {eqiad: {class: production, primary: true, aliases: [main]}}', true],
  ['window: {staging: 500ms, production: 1.5m}\nbake: 2m\ntimeout: 1h', true],
  ['substitutions: {/etc/kubernetes: /somewhere}\npath: [/opt/bin]\nenv: {HELM_DEBUG: "1"}', true],
  ['window: {staging: 10}', false],
  ['bake: 10 s', false],
  ['bakes: 10s', false],
  ['environments: {eqiad: {class: prod}}', false],
] as const

test.each(examples)(
  'deploy.yaml: %j: editor and deploy agree that it is right (%s)',
  async (text, isRight) => {
    const {parse} = await import('yaml')
    const validate = validator('deploy')
    expect(validate(parse(text))).toBe(isRight)
    expect(accepts(text)).toBe(isRight)
  },
)

test('every setting is described', () => {
  const {properties} = schema('deploy')
  const described = new Set(Object.keys(SETTINGS).map(path => path.split('.')[0]))
  expect(described).toEqual(new Set(Object.keys(properties)))
  for (const key of Object.keys(properties.environments.additionalProperties.properties)) {
    expect(SETTINGS).toHaveProperty([`environments.*.${key}`])
  }
})

test('the docs show what a mistake in deploy.yaml looks like', () => {
  const mistaken = 'window:\n  staging: 10\nbakes: 5s\n'
  const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8')
  try {
    parseSettings(mistaken, '/srv/deployment-charts/deploy.yaml')
    expect.unreachable()
  } catch (error) {
    expect(page).toContain(errorText(error as DeployError, 'bad-config'))
  }
})

// Going back repeats the events of going forward under other names, with a key too many: nobody should count on it.
function promised(event: Record<string, unknown>): Record<string, unknown> {
  const {budgetLeftMs: _, ...rest} = event
  return event.kind === 'fallback-progressed' ? rest : event
}

function accepts(text: string): boolean {
  try {
    parseSettings(text, 'deploy.yaml')
    return true
  } catch (error) {
    if (error instanceof DeployError) return false
    throw error
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema, walked
type Schema = any

function schema(name: string): Schema {
  return JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8'))
}

/** Stricter than what is published: a key that no schema names is an error here, for others it is only new. */
function validator(name: string) {
  return new Ajv({allErrors: true}).compile(closed(schema(name)))
}

function closed(part: Schema): Schema {
  if (Array.isArray(part)) return part.map(closed)
  if (typeof part !== 'object' || part === null) return part
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]))
  const isObject = part.type === 'object' && part.properties !== undefined
  return isObject && part.additionalProperties === undefined ? {...inner, additionalProperties: false} : inner
}

function expectValid(validate: ReturnType<typeof validator>, value: unknown) {
  const isValid = validate(value)
  expect(validate.errors ?? []).toEqual([])
  expect(isValid).toBe(true)
}
