import {mkdtemp} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {givenOf} from '../plan/given.ts'
import type {UnfinishedRun} from '../plan/unfinished.ts'
import {timeOfCommit} from '../tools/commits.ts'
import {writeStateValues} from '../tools/state-values.ts'
import {snapshotTree} from '../tools/snapshot.ts'
import {substitute} from '../tools/tree.ts'
import {freshWorld} from './fresh-world.ts'
import {readPrivateFiles} from './private-files.ts'
import type {World} from './world.ts'

/**
 * The world as an unfinished run saw it: its commit of the charts repository, and the values that were given to it.
 * @throws DeployError `declined` where that cannot be had again
 */
export async function recordedWorld(run: UnfinishedRun, world: World): Promise<World> {
  const given = givenOf(run.request.given)
  if (given === undefined)
    throw cannotGoOn(run, 'a secret value was given to it, which is not recorded', world)
  const fresh = await freshWorld(world)
  const options = {...world.options, isLocalTreeAllowed: true, isOverrideAllowed: true, isRetry: true}
  const tree = await treeOf(run, fresh)
  return {
    ...fresh,
    ...tree,
    given,
    stateArgs: writeStateValues(fresh.runDirectory, tree.settings, given),
    options: {...options, override: 'take-git'},
  }
}

type RecordedTree = Pick<World, 'tree' | 'snapshot' | 'privateFiles' | 'settings'>

async function treeOf(run: UnfinishedRun, world: World): Promise<RecordedTree> {
  const {tree, snapshot, privateFiles, settings} = world
  const isHere = tree.commit === run.commit
  if (isHere && (tree.state.kind === 'clean' || !run.isFromCommit))
    return {tree, snapshot, privateFiles, settings}
  if (!run.isFromCommit) throw cannotGoOn(run, 'it deployed files that no commit holds', world)
  const commitTime = run.commit && (await timeOfCommit(tree.root, run.commit))
  if (!commitTime) throw cannotGoOn(run, `${tree.root} does not have its commit ${run.commit ?? ''}`, world)
  return copyOf({...tree, commit: run.commit, commitTime, state: {kind: 'clean'}}, world)
}

async function copyOf(
  tree: TreeFacts,
  {service: {group, name}, settings: now, settingsAt, chartsDirectory, secrecy, packageRoot}: World,
): Promise<RecordedTree> {
  const into = await mkdtemp(join(chartsDirectory, 'tree-'))
  await snapshotTree(tree, into, packageRoot)
  const {environments, stateValues, substitutions} = await settingsAt(into)
  substitute(join(into, 'helmfile.d', group), substitutions)
  const privateFiles = await readPrivateFiles(join(into, 'helmfile.d', group, name), into)
  secrecy.hide(privateFiles.values)
  return {
    tree,
    snapshot: Promise.resolve(into),
    privateFiles: Promise.resolve(privateFiles),
    // What it renders is that commit's; who may do what, and how long healthy has to last, is today's.
    settings: {...now, environments, stateValues, substitutions},
  }
}

/** Why an unfinished run cannot be gone on with; undoing it is always possible. */
export function cannotGoOn({runId}: UnfinishedRun, why: string, {service}: World): DeployError {
  return new DeployError('declined', `go on with the run ${runId} of ${service.name}: ${why}.`, {
    hint: `deploy abort ${service.name} undoes it.`,
  })
}
