import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {withBlock} from '../../../src/docs/block.ts'
import {PACKAGE_ROOT} from '../../../src/sandbox/paths.ts'
import {deploy, newTag} from '../deploy.ts'
import {type Attempt, attemptWith, followHints, push} from './attempts.ts'
import {type HelmState, objectsIn, plannedAndMade, readHelmStates} from './helm-state.ts'
import {listReleases, listRows, type Row} from './rows.ts'
import {badResultOf, type Result, resultOf, type RowResult, tableText} from './table-text.ts'

/**
 * Every service of the example in every environment: git's version, a new TAG, a bad TAG. Each ends as docs/every-service.md says,
 * the preview is what helm stores, and what failed is back to the letter. DEPLOY_UPDATE_TABLE=1 writes the table.
 */

const rows = await listRows()
const results = new Map<Row, readonly Result[]>()

describe('every service in every environment', () => {
  test.concurrent.each(rows)(
    '$group/$service in $environment',
    async row => {
      results.set(row, await tryRow(row))
    },
    300_000,
  )

  test('is as the documentation says', async () => {
    const file = join(PACKAGE_ROOT, 'docs', 'every-service.md')
    const current = await readFile(file, 'utf8')
    const done = rows.flatMap((row): RowResult[] => {
      const found = results.get(row)
      return found === undefined ? [] : [{row, results: found}]
    })
    const wanted = withBlock(current, 'every-service', tableText(done))
    if (process.env.DEPLOY_UPDATE_TABLE === '1') await writeFile(file, wanted)
    else expect(current).toBe(wanted)
  })
})

// A container that crashes without a readiness probe is ready until it does, so bad versions get the sandbox's own times.
const SHORT = ['--window', '200ms', '--bake', '200ms']

async function tryRow(row: Row): Promise<Result[]> {
  const begun = [`${row.group}/${row.service}`, '-e', row.environment, '--on-unfinished', 'abort']
  const base = [...begun, '--yes', ...SHORT]
  const releases = await listReleases(row)
  const states = () => readHelmStates(row.environment, releases)

  const git = await followHints([...base, '--take-git'])
  const last = git.at(-1)
  const tag = newTag('production')
  if (last?.exitCode !== 0) return git.map(attempt => resultOf(attempt, row, tag))

  const atGit = await states()
  // Whether git's version already wanted --override hangs on what ran before this test.
  const plain = last.args.filter(arg => arg !== '--take-git' && arg !== '--override')
  const version = await followHints([...plain, '--version', tag])
  const deployed = version.at(-1)
  const afterVersion = await states()
  if (deployed?.exitCode !== 0) {
    expect(afterVersion).toEqual(atGit)
    return [...git, ...version].map(attempt => resultOf(attempt, row, tag))
  }
  expectAsPlanned(deployed, atGit, afterVersion)
  await expectAsRendered(row, deployed.args, afterVersion)

  const badTag = newTag('crash')
  for (const image of version.flatMap(({pushed}) => pushed)) await push(image.replace(tag, badTag))
  const bad = await attemptWith(
    deployed.args.filter(arg => !SHORT.includes(arg)).map(arg => arg.replace(tag, badTag)),
  )
  expect(bad.exitCode, bad.outcome?.summary ?? bad.error?.message).toBe(10)
  expect(await states()).toEqual(afterVersion)

  // Told in the table in place of the first run, which may have found nothing to do.
  const again = await followHints([...base, '--take-git'])
  const back = again.at(-1)
  const afterBack = await states()
  expect(back?.exitCode, back?.error?.message).toBe(0)
  expect(afterBack).toEqual(atGit)
  if (back) expectAsPlanned(back, afterVersion, afterBack)
  await expectAsRendered(row, last.args, afterBack)
  return [
    ...[...again, ...version].map(attempt => resultOf(attempt, row, tag)),
    badResultOf(bad, row, badTag),
  ]
}

function expectAsPlanned({plan}: Attempt, before: readonly HelmState[], after: readonly HelmState[]): void {
  if (plan === undefined) throw new Error('nothing was planned')
  const {planned, made} = plannedAndMade(plan, before, after)
  expect(planned).toEqual(made)
  expect(made.flatMap(one => one.changes)).not.toEqual([])
}

async function expectAsRendered(
  row: Row,
  args: readonly string[],
  after: readonly HelmState[],
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-table-'))
  try {
    const values = args.filter((arg, index) =>
      [arg, args[index - 1]].some(one => /^--(version|set|state-values-set)$/.test(one ?? '')),
    )
    const rendered = await deploy([
      'render',
      args[0] ?? '',
      '-e',
      row.environment,
      ...values,
      '--show-secrets',
      '--output-dir',
      directory,
    ])
    expect(rendered.exitCode, rendered.stderr).toBe(0)
    for (const {namespace, name, manifest, hooks} of after) {
      const text = await readFile(await fileOf(directory, row, name), 'utf8')
      expect(objectsIn([text], namespace)).toEqual(objectsIn([manifest, hooks], namespace))
    }
  } finally {
    await rm(directory, {recursive: true})
  }
}

async function fileOf(
  directory: string,
  {group, service, environment}: Row,
  release: string,
): Promise<string> {
  const candidates = [service, join(group, service)].map(name =>
    join(directory, name, environment, `${release}.yaml`),
  )
  for (const file of candidates) if (await readFile(file).catch(() => undefined)) return file
  throw new Error(`${release} was not rendered`)
}
