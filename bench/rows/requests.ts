import {open, stat} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {type Bench, newTag, toStaging} from '../bench.ts'
import {alternate} from '../measure.ts'
import {type Row, times} from '../table.ts'

type Request = {
  verb: string
  requestURI: string
  userAgent: string
  user: {username: string}
  requestReceivedTimestamp: string
  objectRef?: {resource: string; subresource?: string}
}

// Counts hardly vary, and a round takes 20 s.
const MOST_ROUNDS = 2
const DEPLOYER = 'system:serviceaccount:echo:deploy'

/** What a rollout of 8 s costs the API server: requests from helm's write of the Deployment to the end. */
export async function requests(bench: Bench): Promise<Row[]> {
  const {rounds, deploy, helmfile} = bench
  await helmfile('echo', 'staging', ['sync'])
  const whole = {ours: 0, plain: 0}
  const {ours, plain} = await alternate(Math.min(rounds, MOST_ROUNDS), {
    ours: async () => {
      const tag = await bench.push('wikimedia/echo', 'slow')
      const asked = await requestsOf(bench, () => deploy(toStaging('echo', '--version', tag)))
      whole.ours = asked.length
      return afterWriting(asked).length
    },
    plain: async () => {
      const change = ['sync', '--set', `main_app.version=${newTag('slow')}`]
      const asked = await requestsOf(bench, () => helmfile('echo', 'staging', change))
      whole.plain = asked.length
      return afterWriting(asked).length
    },
  })
  return [
    {
      what: "requests during a rollout of 8 s, against helm's own waiting",
      deploy: `${ours} (whole run ${whole.ours})`,
      plain: `${plain} (whole run ${whole.plain})`,
      ratio: times(ours / plain),
      target: 'fewer',
      isMet: ours < plain,
    },
  ]
}

/** What the deployer's identity asked while something ran, from the audit log. */
async function requestsOf({paths}: Bench, run: () => Promise<unknown>): Promise<Request[]> {
  const log = paths.auditLog('staging')
  const {size} = await stat(log)
  await run()
  // A watch is written down when it has ended.
  await sleep(300)
  const file = await open(log)
  const text = await file.read({position: size, buffer: Buffer.alloc((await file.stat()).size - size)})
  await file.close()
  const lines = text.buffer.toString('utf8').split('\n').filter(Boolean)
  return lines.map((line): Request => JSON.parse(line)).filter(request => request.user.username === DEPLOYER)
}

function afterWriting(asked: readonly Request[]): Request[] {
  const written = asked.find(
    ({verb, objectRef, requestURI}) =>
      ['patch', 'update'].includes(verb) &&
      objectRef?.resource === 'deployments' &&
      // deploy's own question before anything is changed.
      !requestURI.includes('dryRun'),
  )
  if (written === undefined) throw new Error('helm wrote no Deployment')
  return asked.filter(request => request.requestReceivedTimestamp > written.requestReceivedTimestamp)
}
