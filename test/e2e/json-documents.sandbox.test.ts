import {expect, test} from 'vitest'
import {DOCUMENTS} from '../../src/docs/documents.ts'
import {deploy, deployJson, pushTag} from './deploy.ts'
import {expectDocument} from './documents.ts'

/** At least one way to each document; the run before them leaves something to tell of. */
const LINES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  service: [['gauges', '-e', 'staging', '--dry-run']],
  diff: [['diff', 'gauges', '-e', 'all']],
  rollback: [['rollback', 'gauges', '-e', 'staging', '--dry-run']],
  resume: [['resume', 'gauges', '-e', 'staging', '--dry-run']],
  abort: [['abort', 'gauges', '-e', 'staging', '--dry-run']],
  status: [['status', 'gauges'], ['status', 'gauges', '--pending'], ['status']],
  history: [['history', 'gauges'], ['history']],
  logs: [
    ['logs', 'gauges', '-e', 'staging', '--tail', '3'],
    ['logs', 'gauges', '-e', 'staging', 'nosuch'],
  ],
  doctor: [['doctor']],
  'version get': [['version', 'get', 'gauges']],
  'sandbox status': [['sandbox', 'status']],
}

test('there is a line for each command that has a document', () => {
  expect(Object.keys(LINES).toSorted()).toEqual(Object.keys(DOCUMENTS).toSorted())
})

test('a deployment, another version, and one that goes back', async () => {
  const flags = ['-e', 'staging', '--yes', '--window', '0ms', '--take-git']
  expectDocument('outcome', (await deployJson(['gauges', ...flags])).outcome)
  for (const tag of [`${Date.now()}-production`, `${Date.now()}-crash`]) {
    await pushTag('repos/sre/gauges', tag)
    const args = ['gauges', '-e', 'staging', '--yes', '--window', '0ms', '--version', tag, '--events']
    const {stdout} = await deploy(args)
    for (const line of stdout.trim().split('\n')) expectDocument('event', JSON.parse(line))
  }
})

const walked = Object.entries(LINES).flatMap(([command, lines]) =>
  lines.map(line => [command, line] as const),
)

test.each(walked)('deploy %s: %j', async (command, line) => {
  const {stdout, stderr} = await deploy([...line, '--json'])
  expect(stderr).toBe('')
  const schema = DOCUMENTS[command] ?? ''
  const documents = command === 'logs' ? stdout.trim().split('\n') : [stdout]
  // Nothing to go back to is an error, and a document as well.
  for (const document of documents.map(text => JSON.parse(text)))
    expectDocument('error' in document ? 'error' : schema, document)
})

test('one run of the history', async () => {
  const {runs} = JSON.parse((await deploy(['history', 'gauges', '--json'])).stdout)
  const {stdout} = await deploy(['history', 'gauges', runs[0].runId, '--json'])
  expectDocument('history', JSON.parse(stdout))
})

test.each(Object.keys(DOCUMENTS))('deploy %s with a mistyped flag: the error document', async command => {
  const {stdout, stderr, exitCode} = await deploy([...command.split(' '), '--jsno', '--json'])
  expect([exitCode, stderr]).toEqual([64, ''])
  expectDocument('error', JSON.parse(stdout))
})
