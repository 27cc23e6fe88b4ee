import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest'
import type {Outcome} from '../../src/plan/outcome.ts'
import {suspicionsIn} from '../../src/docs/recorded-cases.ts'
import type {WorkloadRef} from '../../src/rollout/verdict.ts'
import {beginHappening, endOf, prepareCase, recordedGrace, settingsOf, workloadOf} from './case-life.ts'
import {deployCase} from './case-run.ts'
import type {Case} from './case.ts'
import {CASES} from './cases.ts'
import {casesDown, casesUp, nodesSandbox} from './case-sandbox.ts'
import {record, type Recording, save} from './recorder.ts'

const refusal = inject('nodesRefusal')

// A first time the tools of the nodes are built.
const UP_TIMEOUT_MS = 10 * 60_000

describe.skipIf(refusal !== '')('on a real node', () => {
  beforeAll(() => casesUp(CASES.map(({name}) => name)), UP_TIMEOUT_MS)
  afterAll(casesDown)

  test.concurrent.each(CASES)('$title: $expected', async one => {
    const {outcome} = await runCase(one)
    console.log(lineOf(one, outcome))
    const {failure} = outcome
    expect({ended: endOf(outcome), failure}).toEqual({ended: one.expected, failure})
    if (one.kind === 'StatefulSet' && outcome.exitCode === 11) {
      // Kubernetes exchanges no broken pod of a StatefulSet by itself (kubernetes#67250): then it is said what helps.
      expect(JSON.stringify(outcome)).toContain('kubectl delete pod')
      return
    }
    expect(outcome.exitCode).toBe(one.expected === 'ready' ? 0 : 10)
  })
})

async function runCase(one: Case): Promise<{outcome: Outcome; said: string}> {
  const {name, cluster = 'staging', windowSeconds} = one
  await prepareCase(one)
  const happening = await beginHappening(name, name)
  const workload = workloadOf(one)
  const recording = await record(
    nodesSandbox().deployConfig(name, cluster),
    workload,
    one.objects,
    settingsOf(one),
  )
  try {
    const [ran] = await Promise.all([
      deployCase(name, cluster, windowSeconds),
      happening.during?.(recording.latest),
    ])
    await keep(one, workload, await recording.stop(), ran.outcome)
    return ran
  } finally {
    await recording.stop().catch(() => {})
    await happening.end?.()
  }
}

async function keep(
  one: Case,
  workload: WorkloadRef,
  {before, during}: Awaited<ReturnType<Recording['stop']>>,
  outcome: Outcome,
): Promise<void> {
  const {name, title, expected, suspected, crashLoopExits} = one
  const settings = {
    graceSeconds: recordedGrace(one),
    ...(crashLoopExits === undefined ? {} : {crashLoopExits}),
    ...(suspected === undefined ? {} : {suspected}),
  }
  const recorded = {name, title, expected, ...settings, workload, before, during}
  if (suspected !== undefined) expect(suspicionsIn(recorded)).toContain(suspected)
  if (process.env.DEPLOY_RECORD === '1' && endOf(outcome) === expected) await save(name, recorded)
}

/** The time to the verdict, for people: machines are too different to assert it. */
function lineOf({title}: Case, outcome: Outcome): string {
  const {verdictMs, backMs} = outcome.timings ?? {}
  const times =
    verdictMs === undefined
      ? `${seconds(outcome.durationMs)} in all`
      : `judged ${seconds(verdictMs)} after Kubernetes showed it, back ${seconds(backMs)} later, ${seconds(outcome.durationMs)} in all`
  return `${title}: ${endOf(outcome)}; ${times}`
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(1)} s`
}
