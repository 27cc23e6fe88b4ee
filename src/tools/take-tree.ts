import {existsSync} from 'node:fs'
import {rename, rm, stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'
import {copyCommit, type CopiedCommit, type CopyRequest, snapshotTree} from './snapshot.ts'
import {GIT_ARGS, isCommit, readStatus, type TreeStatus} from './tree.ts'

const PAUSE_MS = 100
/** A pull takes a moment; what is still at work after this many looks is something else. */
const MAX_LOOKS = 50

type Copied = {kind: 'copied'; head: CopiedCommit} | {kind: 'failed'; error: unknown}

/**
 * Read and copy one state of the charts repository, whatever a pull does to it meanwhile. A clean tree is copied from its commit,
 * which never changes; while a pull writes files the tree looks dirty, and its files would be those of two commits.
 * Whether it is clean git finds out while the commit is copied already.
 * @param looking a first look that was begun earlier
 * @returns which state it is; it lies in `into`
 * @throws DeployError `declined` when it never comes to rest
 */
export async function takeTree(
  request: CopyRequest,
  looking: Promise<TreeStatus> = readStatus(request.root),
): Promise<TreeFacts> {
  const {root, into} = request
  let [status, copied] = await Promise.all([looking, copyHead(request)])
  for (let look = 1; ; look++) {
    const tree = treeOf(root, status, copied)
    if (isCommit(status)) {
      if (copied.kind === 'failed') throw copied.error
      if (copied.head.commit === status.commit) return tree
    } else {
      const fault = await copyAsItIs(tree, request)
      const [isLocked, isSame] = await Promise.all([isGitAtWork(root), isStillSo(root, status)])
      // A lock that was left behind changes nothing.
      const isAtRest = isSame && !isOfAnother(copied, status) && (!isLocked || look === MAX_LOOKS)
      if (isAtRest && fault !== undefined) throw fault
      if (isAtRest) return tree
    }
    if (look === MAX_LOOKS) throw restless(root)
    await rm(into, {recursive: true, force: true})
    await sleep(PAUSE_MS)
    status = await readStatus(root)
    if (isCommit(status) || isOfAnother(copied, status)) copied = await copyHead(request)
  }
}

function isOfAnother(copied: Copied, {commit}: TreeStatus): boolean {
  return copied.kind === 'copied' && commit !== undefined && copied.head.commit !== commit
}

// A file that goes or grows while it is copied makes tar fail.
async function copyAsItIs(tree: TreeFacts, {into, packageRoot}: CopyRequest): Promise<unknown> {
  await setAside(into, `${into}.commit`)
  return snapshotTree(tree, into, packageRoot).then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function copyHead(request: CopyRequest): Promise<Copied> {
  try {
    return {kind: 'copied', head: await copyCommit(request, 'HEAD')}
  } catch (error) {
    return {kind: 'failed', error}
  }
}

// It goes with the private directory it lies in; to remove thousands of files now would only take time. Of several looks the last one stays.
async function setAside(path: string, aside: string): Promise<void> {
  if (!existsSync(path)) return
  await rm(aside, {recursive: true, force: true})
  await rename(path, aside)
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
