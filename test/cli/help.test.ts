import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {helpText} from '../../src/cli/help.ts'
import {DOCUMENTS} from '../../src/docs/documents.ts'
import {ROOT, sourceConfig} from './source-config.ts'

const config = await sourceConfig()
const commands = config.commands.filter(command => !command.hidden)
const names = commands.map(command => command.id.replaceAll(':', ' '))

test.each([[''], ...names.map(name => [name])])('the page of deploy %s is readable at 80 columns', name => {
  const page = helpText(['help', ...name.split(' ').filter(Boolean)], config)
  expect(page).toMatch(/^NAME\n {2}deploy/)
  for (const section of ['SYNOPSIS', 'EXIT CODES', 'ENVIRONMENT', 'FILES', 'SEE ALSO']) {
    expect(page).toContain(`\n${section}\n`)
  }
  expect(page).not.toMatch(/<%|undefined|\[object/)
  // A path of this computer is not ours to shorten.
  const lines = page.replaceAll(join(ROOT, 'docs'), '/docs').split('\n')
  expect(lines.filter(line => line.length > 80)).toEqual([])
})

test.each(names)('deploy %s has a summary, an example, and points to what there is', name => {
  const command = commands.find(one => one.id === name.replaceAll(' ', ':'))
  expect(command?.summary).toMatch(/^[A-Z].*[^.]$/)
  expect(command?.examples?.length ?? 0).toBeGreaterThan(0)
  for (const one of (command as unknown as {seeAlso?: string[]}).seeAlso ?? []) {
    expect(one.endsWith('.md') ? existsSync(join(ROOT, 'docs', one)) : names.includes(one), one).toBe(true)
  }
})

test.each([
  [['shop', '--help'], 'deploy service'],
  [['service', '--help'], 'deploy service'],
  [['sandbox', '--help'], 'deploy sandbox'],
  [['help', 'sandbox', 'up'], 'deploy sandbox up'],
  [['sandbox', 'up', '-h'], 'deploy sandbox up'],
  [['--help'], 'deploy -'],
])('deploy %j is about %s', (argv, about) => {
  expect(helpText(argv, config).split('\n')[1]).toContain(about)
})

test('a command that is not there suggests the nearest', () => {
  expect(() => helpText(['help', 'statsu'], config)).toThrow(
    expect.objectContaining({exitKind: 'usage', hint: 'Did you mean deploy help status?'}),
  )
})

test('every command with --json has a published schema, and the docs name it', () => {
  const withJson = commands.filter(command => command.flags.json !== undefined)
  expect(withJson.map(command => command.id.replaceAll(':', ' ')).toSorted()).toEqual(
    Object.keys(DOCUMENTS).toSorted(),
  )
  const page = readFileSync(join(ROOT, 'docs', 'json-output.md'), 'utf8')
  for (const schema of Object.values(DOCUMENTS)) {
    expect(existsSync(join(ROOT, 'schemas', `${schema}.schema.json`))).toBe(true)
    expect(page).toContain(`schemas/${schema}.schema.json`)
  }
})
