import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv, type ValidateFunction} from 'ajv'
import {expect} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'

const validators = new Map<string, ValidateFunction>()

/** A document that a program got is what the published schema `schemas/NAME.schema.json` promises. */
export function expectDocument(name: string, document: unknown): void {
  const validate = validators.get(name) ?? new Ajv({allErrors: true}).compile(schema(name))
  validators.set(name, validate)
  validate(document)
  expect(validate.errors ?? []).toEqual([])
}

function schema(name: string) {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', `${name}.schema.json`), 'utf8'))
}
