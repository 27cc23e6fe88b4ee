import {setTimeout as sleep} from 'node:timers/promises'
import type {Snapshot} from '../../src/rollout/verdict.ts'
import {type RealNode, realNodes} from '../../src/sandbox/real-node.ts'
import {readState, type SandboxState} from '../../src/sandbox/state.ts'
import type {Hook} from './case-repository.ts'
import {nodesSandbox} from './case-sandbox.ts'

/** What happens around a case: before it is deployed, while it is, and afterwards. */
export type Happening = {
  /** The release's own hook runs it right before helm writes: after the plan, and before the pull. */
  hook?: Hook
  begin?(): Promise<void>
  during?(latest: () => Snapshot): Promise<void>
  end?(): Promise<void>
}

export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error('it never came')
    await sleep(50)
  }
}

export async function state(): Promise<SandboxState> {
  const found = await readState(nodesSandbox())
  if (found === undefined) throw new Error('the sandbox is not up')
  return found
}

export async function stagingNode(): Promise<RealNode> {
  const {nodes} = await state()
  const found = nodes.kind === 'real' ? realNodes(nodes.numbers, nodesSandbox())[0] : undefined
  if (found === undefined) throw new Error('the sandbox has no real nodes')
  return found
}
