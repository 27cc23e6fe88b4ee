import {connect, createServer} from 'node:net'

/*
 * A process of its own: whoever connects to one of these addresses is connected with the same port at the loopback.
 * gate ADDRESS:PORT [ADDRESS:PORT …]
 */
for (const place of process.argv.slice(2)) {
  const [host = '', port = ''] = place.split(':')
  const server = createServer({allowHalfOpen: true}, near => {
    const far = connect({host: '127.0.0.1', port: Number(port), allowHalfOpen: true})
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.resetAndDestroy())
    near.on('close', () => far.destroy())
  })
  server.listen(Number(port), host)
}
