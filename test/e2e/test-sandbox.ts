/** The sandbox of this test run; another name lets two checkouts run their tests side by side. */
export function testSandbox(): string {
  return process.env.DEPLOY_TEST_SANDBOX ?? 'tests'
}
