import {createReadStream} from 'node:fs'
import {createServer} from 'node:http'
import {basename, join} from 'node:path'

/*
 * A process of its own: serves the files of one directory, nothing below it, to this computer only.
 * charts-server DIR PORT
 */
const [dir = '.', port = '0'] = process.argv.slice(2)

const server = createServer((request, response) => {
  const name = basename(request.url?.split('?')[0] ?? '')
  if (request.method !== 'GET' || !/^[\w.+-]+\.(tgz|yaml)$/.test(name)) {
    response.writeHead(404).end()
    return
  }
  createReadStream(join(dir, name))
    .on('error', () => response.writeHead(404).end())
    .once('open', () => response.writeHead(200, {'content-type': contentType(name)}))
    .pipe(response)
})

server.listen(Number(port), '127.0.0.1')

function contentType(name: string): string {
  return name.endsWith('.yaml') ? 'text/yaml' : 'application/gzip'
}
