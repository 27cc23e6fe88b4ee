import {defineConfig} from 'vitest/config'
import {testSandboxes} from './test/e2e/test-sandbox.ts'

// CI counts from this file.
const report = process.env.DEPLOY_TEST_REPORT

export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', {outputFile: report}]],
    coverage: {
      provider: 'v8',
      include: ['src/plan/**', 'src/rollout/**', 'src/diff/**', 'src/version/**', 'src/charts/**'],
      reporter: ['text-summary'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.sandbox.test.ts', 'test/**/*.e2e.test.ts', 'test/**/*.nodes.test.ts'],
        },
      },
      {
        test: {
          // Real API servers, real helm and helmfile: one sandbox for each lane, each file with services of its own.
          name: 'sandbox',
          include: ['test/**/*.sandbox.test.ts'],
          globalSetup: ['test/e2e/sandbox-setup.ts'],
          setupFiles: ['test/e2e/sandbox-lane.ts'],
          sequence: {groupOrder: 1},
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: testSandboxes().length,
          // Of tests that say they may run side by side: a small machine has two cores.
          maxConcurrency: 3,
          retry: 0,
        },
      },
      {
        test: {
          // Starts and stops sandboxes of its own.
          name: 'sandbox-life',
          include: ['test/**/*.e2e.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          // Real kubelets, where there are root and the packages: else skipped, and said why.
          name: 'nodes',
          include: ['test/**/*.nodes.test.ts'],
          globalSetup: ['test/nodes/nodes-setup.ts'],
          // After all others: real nodes and simulated ones would slow each other down.
          sequence: {groupOrder: 2},
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Most of a case is waiting; more at once would make nodes wait for the processor instead.
          maxConcurrency: 8,
        },
      },
    ],
  },
})
