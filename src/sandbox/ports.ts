import {createServer} from 'node:net'

const HOST = '127.0.0.1'
// Below the range systems hand out to outgoing connections: a port of a sandbox that is down stays free.
const FIRST_PORT = 20_000
const LAST_PORT = 31_999

/** Whether something could listen on this port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({port, host: HOST, exclusive: true}, () => server.close(() => resolve(true)))
  })
}

/** Find free ports that are not among the taken ones, starting at a random place so that sandboxes do not meet. */
export async function findFreePorts(count: number, taken: ReadonlySet<number>): Promise<number[]> {
  const found: number[] = []
  const span = LAST_PORT - FIRST_PORT
  const offset = Math.floor(Math.random() * span)
  for (let step = 0; step < span && found.length < count; step++) {
    const port = FIRST_PORT + ((offset + step) % span)
    if (!taken.has(port) && (await isPortFree(port))) found.push(port)
  }
  return found
}
