import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {pullOnce, type Shared} from '../../src/flow/circumstances.ts'
import {openKeptCharts} from '../../src/tools/kept-charts.ts'
import type {Helm} from '../../src/tools/helm.ts'

let runDirectory: string
let shared: Pick<Shared, 'pulls'>
beforeEach(async () => {
  runDirectory = await mkdtemp(join(tmpdir(), 'deploy-pulls-'))
  shared = {pulls: new Map()}
})
afterEach(() => rm(runDirectory, {recursive: true}))

/** `helm pull CHART --version V --untar --untardir DIRECTORY`, which leaves a chart of the helm's own name, or complains. */
async function helm(name: string, version: string, end = 'exit 0'): Promise<Helm> {
  const path = join(runDirectory, name)
  const script = `#!/bin/sh
echo ${name} >> ${runDirectory}/asked
mkdir -p "$7/chart" && echo 'name: ${name}' > "$7/chart/Chart.yaml"
echo 'Error: it cannot' >&2
${end}
`
  await writeFile(path, script, {mode: 0o700})
  return {path, version: async () => version, env: {}, onCommand: () => {}, mask: text => text}
}

const tiny = {chart: 'some/tiny', argv: ['template', 'main', 'some/tiny', '--version', '1.2.3']}
const pull = async (by: Helm, of = tiny) =>
  (
    await pullOnce(of, {
      helm: by,
      shared,
      world: {runDirectory, keptCharts: openKeptCharts(join(runDirectory, 'kept'))},
    })
  ).chart.name
const asked = async () => (await readFile(join(runDirectory, 'asked'), 'utf8')).trim().split('\n')

test('helms of one major version fetch a chart once', async () => {
  const [first, second] = [await helm('first', 'v3.17.4'), await helm('second', 'v3.19.0')]
  expect(await Promise.all([pull(first), pull(second), pull(first)])).toEqual(['first', 'first', 'first'])
  expect(await asked()).toEqual(['first'])
})

test('another major version, or one that nobody can tell, fetches its own', async () => {
  const helms = [await helm('three', 'v3.17.4'), await helm('four', 'v4.0.1'), await helm('silent', '')]
  expect(await Promise.all(helms.map(one => pull(one)))).toEqual(['three', 'four', 'silent'])
})

test('another version of the chart is another chart', async () => {
  const three = await helm('three', 'v3.17.4')
  await pull(three)
  await pull(three, {...tiny, argv: ['template', 'main', 'some/tiny', '--version', '1.2.4']})
  expect(await asked()).toHaveLength(2)
})

test('what one helm cannot fetch another one may, and who cannot says so', async () => {
  const [old, young] = [await helm('old', 'v3.7.0', 'exit 1'), await helm('young', 'v3.19.0')]
  const [refused, fetched, again] = await Promise.allSettled([pull(old), pull(young), pull(young)])
  expect(refused).toMatchObject({status: 'rejected', reason: {message: expect.stringContaining('it cannot')}})
  expect([fetched, again]).toMatchObject([{value: 'young'}, {value: 'young'}])
  expect(await asked()).toEqual(['old', 'young'])
})
