import {sandboxDown} from '../src/sandbox/down.ts'
import {sandboxUp} from '../src/sandbox/up.ts'

/** A sandbox beside that of the tests, gone afterwards; or the one that is named, which stays. */
export async function inOwnSandbox(act: () => Promise<void>): Promise<void> {
  const name = (process.env.DEPLOY_TEST_SANDBOX ??= 'chaos')
  const report = (line: string) => void process.stderr.write(`${line}\n`)
  await sandboxUp({name, env: process.env, report})
  try {
    await act()
  } finally {
    if (name === 'chaos') await sandboxDown({name, env: process.env, report})
  }
}
