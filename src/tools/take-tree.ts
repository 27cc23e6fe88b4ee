import {rename, rm, stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'
import {copyCommit, type CopiedCommit, type CopyRequest, snapshotTree} from './snapshot.ts'
import {GIT_ARGS, readStatus, type TreeStatus} from './tree.ts'

const PAUSE_MS = 100
/** A pull takes a moment; what is still at work after this many looks is something else. */
const MAX_LOOKS = 50

type Copied = {kind: 'copied'; head: CopiedCommit} | {kind: 'failed'; error: unknown}

/**
 * Read and copy one state of the charts repository, whatever a pull does to it meanwhile. A clean tree is copied from its commit,
 * which never changes; while a pull writes files the tree looks dirty, and its files would be those of two commits.
 * Whether it is clean git finds out while the commit is copied already.
 * @param looking a first look that was begun earlier
 * @throws DeployError `declined` when it never comes to rest
 */
export async function takeTree(
  request: CopyRequest,
  looking: Promise<TreeStatus> = readStatus(request.root),
): Promise<TreeFacts> {
  const {root, into} = request
  for (let look = 1; ; look++) {
    const [status, copied] = await Promise.all([look === 1 ? looking : readStatus(root), copyHead(request)])
    const tree = treeOf(root, status, copied)
    const isOfOneCommit = copied.kind === 'failed' || copied.head.commit === status.commit
    if (status.state.kind === 'clean' || status.state.kind === 'off-upstream') {
      if (copied.kind === 'failed') throw copied.error
      if (isOfOneCommit) return tree
    } else {
      await setAside(into, `${into}.commit-${look}`)
      // A file that goes or grows while it is copied makes tar fail.
      const fault = await snapshotTree(tree, into, request.packageRoot).then(
        () => undefined,
        (error: unknown) => error,
      )
      const [isLocked, isSame] = await Promise.all([isGitAtWork(root), isStillSo(root, status)])
      // A lock that was left behind changes nothing.
      const isAtRest = isSame && isOfOneCommit && (!isLocked || look === MAX_LOOKS)
      if (isAtRest && fault !== undefined) throw fault
      if (isAtRest) return tree
    }
    if (look === MAX_LOOKS) throw restless(root)
    await rm(into, {recursive: true, force: true})
    await sleep(PAUSE_MS)
  }
}

async function copyHead(request: CopyRequest): Promise<Copied> {
  try {
    return {kind: 'copied', head: await copyCommit(request, 'HEAD')}
  } catch (error) {
    return {kind: 'failed', error}
  }
}

// It goes with the private directory it lies in; to remove thousands of files now would only take time.
async function setAside(path: string, aside: string): Promise<void> {
  await rename(path, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

function treeOf(root: string, {commit, branch, state}: TreeStatus, copied: Copied): TreeFacts {
  const commitTime = copied.kind === 'copied' ? copied.head.commitTime : undefined
  return {root, commit, commitTime: commit && commitTime, branch, state}
}

// git holds it while it writes files.
async function isGitAtWork(root: string): Promise<boolean> {
  const {stdout, failed} = await exec('git', [...GIT_ARGS, 'rev-parse', '--git-path', 'index.lock'], {
    cwd: root,
  })
  if (failed) return false
  return (await stat(resolve(root, stdout.trim())).catch(() => undefined)) !== undefined
}

async function isStillSo(root: string, before: TreeStatus): Promise<boolean> {
  return JSON.stringify(await readStatus(root)) === JSON.stringify(before)
}

function restless(root: string): DeployError {
  return new DeployError('declined', `copy the charts repository ${root}: its files change all the time.`, {
    hint: 'Wait until whatever writes there is done, then run the same command again.',
  })
}
