import type {Outcome} from '../src/plan/outcome.ts'
import {beginHappening, endOf, prepareCase, settingsOf, workloadOf} from '../test/nodes/case-life.ts'
import {clearNamespace, deployCase} from '../test/nodes/case-run.ts'
import {nodesSandbox} from '../test/nodes/case-sandbox.ts'
import type {Case} from '../test/nodes/case.ts'
import type {Happening} from '../test/nodes/happening.ts'
import {SHARED_HAPPENINGS} from '../test/nodes/happenings.ts'
import {record} from '../test/nodes/recorder.ts'

/** How one deployment of a case ended. */
export type Ended = {as: string; outcome: Outcome}

/** Deploy a case to several namespaces at once; they are empty again afterwards. */
export async function deployWave(one: Case, namespaces: readonly string[]): Promise<Ended[]> {
  const copies = namespaces.map((namespace): Case => ({...one, name: namespace}))
  await Promise.all(copies.map(prepareCase))
  const [first = ''] = namespaces
  const shared = SHARED_HAPPENINGS.has(one.name) ? await beginHappening(one.name, first) : undefined
  try {
    return await Promise.all(
      copies.map(async copy => {
        const happening = shared ?? (await beginHappening(one.name, copy.name))
        return deployWith(copy, shared === undefined || copy.name === first ? happening.during : undefined)
      }),
    )
  } finally {
    await shared?.end?.()
    await Promise.all(copies.map(({name, cluster = 'staging'}) => clearNamespace(cluster, name)))
  }
}

async function deployWith(copy: Case, during: Happening['during']): Promise<Ended> {
  const {name, cluster = 'staging', windowSeconds, objects} = copy
  const workload = workloadOf(copy)
  const watching =
    during === undefined
      ? undefined
      : await record(nodesSandbox().deployConfig(name, cluster), workload, objects, settingsOf(copy))
  try {
    const [{outcome}] = await Promise.all([
      deployCase(name, cluster, windowSeconds),
      watching && during?.(watching.latest),
    ])
    return {as: endOf(outcome), outcome}
  } finally {
    await watching?.stop()
  }
}
