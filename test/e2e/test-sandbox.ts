import {availableParallelism} from 'node:os'

/** The sandbox of this test file: the one of its lane. */
export function testSandbox(): string {
  return process.env.DEPLOY_TEST_SANDBOX ?? 'tests'
}

// A run, and the clusters that answer it, keep two cores busy.
const CORES_OF_LANE = 2
const MAX_LANES = 4

/**
 * As many test files run side by side, each in a sandbox of its own. Another name lets two checkouts run their tests side by
 * side.
 */
export function testSandboxes(): string[] {
  const fitting = Math.min(MAX_LANES, Math.max(1, Math.floor(availableParallelism() / CORES_OF_LANE)))
  const count = Number(process.env.DEPLOY_TEST_LANES ?? fitting)
  const lanes = Array.from({length: count}, (_, index) => index + 1)
  return lanes.map(lane => (lane === 1 ? testSandbox() : `${testSandbox()}-${lane}`))
}
