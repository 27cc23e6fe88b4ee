import {availableParallelism} from 'node:os'

/** The sandbox of this test file: the one of its lane. */
export function testSandbox(): string {
  return process.env.DEPLOY_TEST_SANDBOX ?? 'tests'
}

const MAX_LANES = 4

/**
 * As many test files run side by side, each in a sandbox of its own: half of a test is waiting. Another name lets two
 * checkouts run their tests side by side.
 */
export function testSandboxes(): string[] {
  const count = Number(process.env.DEPLOY_TEST_LANES ?? Math.min(MAX_LANES, availableParallelism()))
  const lanes = Array.from({length: count}, (_, index) => index + 1)
  return lanes.map(lane => (lane === 1 ? testSandbox() : `${testSandbox()}-${lane}`))
}
