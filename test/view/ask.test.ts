import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {askWord, askYesNo} from '../../src/view/ask.ts'

test.each([
  ['y\n', true],
  ['YES\n', true],
  [' yes \n', true],
  ['\n', false],
  ['no\n', false],
])('%j is %s', async (answer, said) => {
  const {input, output, asked} = ask()
  input.write(answer)
  await expect(asked).resolves.toBe(said)
  expect(output.read()?.toString()).toBe('Deploy this? [y/N] ')
})

test('what is neither yes nor no is asked again', async () => {
  const {input, output, asked} = ask()
  input.write('yesterday\n')
  await expect.poll(() => output.read()?.toString()).toMatch(/Say y or n/)
  input.write('y\n')
  await expect(asked).resolves.toBe(true)
})

test('the end of the input is a no, and so is an interrupt', async () => {
  const ended = ask()
  ended.input.end()
  await expect(ended.asked).resolves.toBe(false)
  const interrupted = ask()
  interrupted.controller.abort()
  await expect(interrupted.asked).resolves.toBe(false)
})

test('an input that was over before is a no: waiting for it would never end', async () => {
  const [input, output, signal] = [new PassThrough(), new PassThrough(), new AbortController().signal]
  input.end()
  input.resume()
  await new Promise(resolve => input.once('end', resolve))
  await expect(askYesNo('?', {input, output, signal})).resolves.toBe(false)
})

test('nothing is asked any more after an interrupt', async () => {
  const output = new PassThrough()
  await expect(askYesNo('?', {input: new PassThrough(), output, signal: AbortSignal.abort()})).resolves.toBe(
    false,
  )
  expect(output.read()).toBeNull()
})

test.each([
  ['resume\n', 'resume'],
  ['R\n', 'resume'],
  [' ab \n', 'abort'],
  ['\n', undefined],
])('%j means %s', async (answer, word) => {
  const [input, output, signal] = [new PassThrough(), new PassThrough(), new AbortController().signal]
  const asked = askWord('What now?', ['resume', 'abort', 'add'], {input, output, signal})
  input.write(answer)
  await expect(asked).resolves.toBe(word)
  expect(output.read()?.toString()).toBe('What now? [resume/abort/add] ')
})

test.each(['a\n', 'resumed\n'])('%j is asked again', async answer => {
  const [input, output, signal] = [new PassThrough(), new PassThrough(), new AbortController().signal]
  const asked = askWord('What now?', ['resume', 'abort', 'add'], {input, output, signal})
  input.write(answer)
  await expect.poll(() => output.read()?.toString()).toMatch(/Say resume or abort or add/)
  input.end()
  await expect(asked).resolves.toBeUndefined()
})

function ask() {
  const [input, output, controller] = [new PassThrough(), new PassThrough(), new AbortController()]
  const asked = askYesNo('Deploy this?', {input, output, signal: controller.signal})
  return {input, output, controller, asked}
}
