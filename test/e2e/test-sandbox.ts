/** The sandbox of this test file: the one of its lane. */
export function testSandbox(): string {
  return process.env.DEPLOY_TEST_SANDBOX ?? 'tests'
}

/**
 * As many test files run side by side, each in a sandbox of its own: most of a test is waiting. Another name lets two
 * checkouts run their tests side by side.
 */
export function testSandboxes(): string[] {
  const lanes = Array.from({length: Number(process.env.DEPLOY_TEST_LANES ?? 2)}, (_, index) => index + 1)
  return lanes.map(lane => (lane === 1 ? testSandbox() : `${testSandbox()}-${lane}`))
}
