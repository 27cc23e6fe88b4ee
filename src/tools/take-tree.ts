import {rm, stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'
import {snapshotTree} from './snapshot.ts'
import {GIT_ARGS, readTree} from './tree.ts'

export type TakenTree = {tree: TreeFacts; copied: Promise<void>}

const PAUSE_MS = 100
/** A pull takes a moment; what is still at work after this many looks is something else. */
const MAX_LOOKS = 50

/**
 * Read and copy one state of the charts repository, whatever a pull does to it meanwhile. A clean tree is copied from its commit,
 * which never changes; while a pull writes files the tree looks dirty, and its files would be those of two commits.
 * @param into the private directory
 * @param looking a first look that was begun earlier
 * @returns once it is known which state it is; `copied` when it is there
 * @throws DeployError `declined` when it never comes to rest
 */
export async function takeTree(
  root: string,
  into: string,
  looking: Promise<TreeFacts> = readTree(root),
): Promise<TakenTree> {
  for (let look = 1; ; look++) {
    const tree = await (look === 1 ? looking : readTree(root))
    if (tree.state.kind !== 'dirty') {
      const copied = snapshotTree(tree, into)
      copied.catch(() => {})
      return {tree, copied}
    }
    // A file that goes or grows while it is copied makes tar fail.
    const fault = await snapshotTree(tree, into).then(
      () => undefined,
      (error: unknown) => error,
    )
    const [isLocked, isSame] = await Promise.all([isGitAtWork(root), isStillSo(tree)])
    // A lock that was left behind changes nothing.
    const isAtRest = isSame && (!isLocked || look === MAX_LOOKS)
    if (isAtRest && fault !== undefined) throw fault
    if (isAtRest) return {tree, copied: Promise.resolve()}
    if (look === MAX_LOOKS) throw restless(root)
    await rm(into, {recursive: true, force: true})
    await sleep(PAUSE_MS)
  }
}

// git holds it while it writes files.
async function isGitAtWork(root: string): Promise<boolean> {
  const {stdout, failed} = await exec('git', [...GIT_ARGS, 'rev-parse', '--git-path', 'index.lock'], {
    cwd: root,
  })
  if (failed) return false
  return (await stat(resolve(root, stdout.trim())).catch(() => undefined)) !== undefined
}

async function isStillSo(before: TreeFacts): Promise<boolean> {
  return JSON.stringify(await readTree(before.root)) === JSON.stringify(before)
}

function restless(root: string): DeployError {
  return new DeployError('declined', `copy the charts repository ${root}: its files change all the time.`, {
    hint: 'Wait until whatever writes there is done, then run the same command again.',
  })
}
