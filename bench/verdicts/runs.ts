import {join} from 'node:path'
import {exec} from '../../src/tools/exec.ts'
import {
  beginHappening,
  endOf,
  inNamespace,
  prepareCase,
  settingsOf,
  workloadOf,
} from '../../test/nodes/case-life.ts'
import type {CaseObject} from '../../test/nodes/case-objects.ts'
import {apply, clearNamespace, deployCase} from '../../test/nodes/case-run.ts'
import {nodesSandbox} from '../../test/nodes/case-sandbox.ts'
import type {Case} from '../../test/nodes/case.ts'
import {record} from '../../test/nodes/recorder.ts'

/** What a tool said in the end of one case, and how long the whole of it took, going back included. */
export type Verdict = {word: string; isGood: boolean; ms: number}

/** Every case, so many at a time: nearly all of it is waiting. */
export async function eachAtOnce(
  cases: readonly Case[],
  atOnce: number,
  run: (one: Case) => Promise<Verdict>,
  said: (tool: string, one: Case, verdict: Verdict) => void,
): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>()
  const left = [...cases]
  const work = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const verdict = await run(one)
      verdicts.set(one.name, verdict)
      said(run.name, one, verdict)
    }
  }
  await Promise.all(Array.from({length: atOnce}, work))
  return verdicts
}

/** As the tests do it; with the graces that a case shortens, so that the table is about verdicts. */
export async function withDeploy(one: Case): Promise<Verdict> {
  await prepareCase(one)
  return during(one, async () => {
    const {outcome} = await deployCase(one.name, one.cluster ?? 'staging', one.windowSeconds)
    return {word: endOf(outcome), isGood: outcome.kind === 'deployed', ms: outcome.durationMs}
  })
}

/** The same objects by helm alone, in a namespace that is empty again. */
export async function withHelm(one: Case): Promise<Verdict> {
  const {name, cluster = 'staging', before, given = [], objects} = one
  await clearNamespace(cluster, name)
  if (before !== undefined) await helmUpgrade(one, before)
  await apply(cluster, ...given.map(object => inNamespace(object, name)))
  return during(one, async hook => {
    if (hook !== undefined) await exec(hook.command, hook.args)
    const startMs = performance.now()
    const {exitCode, stderr} = await helmUpgrade(one, objects)
    const ms = performance.now() - startMs
    return {word: exitCode === 0 ? 'deployed' : helmWord(stderr), isGood: exitCode === 0, ms}
  })
}

async function during(
  one: Case,
  run: (hook: Awaited<ReturnType<typeof beginHappening>>['hook']) => Promise<Verdict>,
): Promise<Verdict> {
  const {name, cluster = 'staging', objects} = one
  const happening = await beginHappening(name, name)
  const workload = workloadOf(one)
  const watching =
    happening.during &&
    (await record(nodesSandbox().deployConfig(name, cluster), workload, objects, settingsOf(one)))
  try {
    const [verdict] = await Promise.all([
      run(happening.hook),
      watching && happening.during?.(watching.latest),
    ])
    return verdict
  } finally {
    await watching?.stop()
    await happening.end?.()
  }
}

const HELM_TIMEOUT = '60s'

function helmUpgrade({name, cluster = 'staging'}: Case, objects: readonly CaseObject[]) {
  const {bin, charts, deployConfig} = nodesSandbox()
  const how = ['--atomic', '--timeout', HELM_TIMEOUT, '--namespace', name]
  const chart = join(charts, 'case-0.1.0.tgz')
  const where = ['--kubeconfig', deployConfig(name, cluster), '--values', '-']
  return exec(join(bin, 'helm3.19'), ['upgrade', '--install', 'main', chart, ...how, ...where], {
    input: JSON.stringify({objects}),
  })
}

/** What helm says of the cause, at most. */
function helmWord(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? ''
  return last.split(': ').at(-1) ?? last
}
