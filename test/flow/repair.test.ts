import {expect, test} from 'vitest'
import {DeployError} from '../../src/errors.ts'
import type {EnvironmentSite} from '../../src/flow/open-environment.ts'
import {openStage, type StageManner} from '../../src/flow/open-stage.ts'
import {repairPending} from '../../src/flow/repair.ts'
import type {World} from '../../src/flow/world.ts'
import {aStage, aStep} from '../view/plans.ts'

const pending = aStep('main', [], [], {
  repair: {kind: 'rollback', status: 'pending-upgrade', toRevision: 11},
})
const other = aStep('other', [], [])
const world = {emit: () => {}, nowMs: () => 0} as unknown as World

/** A stage where helm is `program`, and the cluster is gone. */
function anOpenStage(program: string) {
  const helm = {path: program, env: process.env, onCommand: () => {}, mask: (text: string) => text}
  const list = () => Promise.reject(new DeployError('unreachable', 'it is gone'))
  const site = {helm, kubeconfig: {}, cluster: {list}} as unknown as EnvironmentSite
  return openStage(aStage('eqiad', [pending, other]), site, world, {} as StageManner)
}

test.each(['true', 'false'])(
  'what is put right counts as touched, whatever comes after (helm: %s)',
  async helm => {
    const open = anOpenStage(helm)
    await expect(repairPending(open)).rejects.toThrow('it is gone')
    expect([...open.steps.values()].map(({phase}) => phase)).toEqual(['applying', 'waiting'])
  },
)
