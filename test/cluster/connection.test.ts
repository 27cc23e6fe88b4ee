import {mkdtemp, rm} from 'node:fs/promises'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test, vi} from 'vitest'
import {openCluster} from '../../src/cluster/client.ts'
import {writeKubeconfig} from './fake-server.ts'

test('kubeconfigs of one server share connections, each with its own token, and keep them for a moment', async () => {
  const sockets = new Set<unknown>()
  const tokens: (string | undefined)[] = []
  const server = http.createServer((request, response) => {
    if (!sockets.has(request.socket)) request.socket.once('close', () => sockets.delete(request.socket))
    sockets.add(request.socket)
    tokens.push(request.headers.authorization)
    response.writeHead(200, {'content-type': 'application/json'}).end('{"items":[]}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const directory = await mkdtemp(join(tmpdir(), 'deploy-connection-'))
  const open = async (token: string) => openCluster(await writeKubeconfig(directory, url, {token}))
  try {
    const [one, other] = [await open('one'), await open('other')]
    const pods = {kind: 'Pod', namespace: 'shop'}
    await one.list(pods)
    await other.list(pods)
    await one.close()
    await one.close()
    await other.list(pods)
    expect(sockets.size).toBe(1)
    expect(tokens).toEqual(['Bearer one', 'Bearer other', 'Bearer other'])
    await other.close()
    const soon = await open('one')
    await soon.list(pods)
    expect(sockets.size).toBe(1)
    await soon.close()
    await vi.waitFor(() => expect(sockets.size).toBe(0), {timeout: 5000})
    const later = await open('one')
    await later.list(pods)
    expect(sockets.size).toBe(1)
    await later.close()
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(directory, {recursive: true})
  }
})
