// Backstage's own clients, as an app of Backstage makes them, against the
// portal at PRONTO_URL.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
export const { CatalogClient, CATALOG_FILTER_EXISTS } = require('@backstage/catalog-client')
export const { ScaffolderClient, templateEntityV1beta3Validator } = require('@backstage/plugin-scaffolder-common')
const { ScmIntegrations } = require('@backstage/integration')
const { ConfigReader } = require('@backstage/config')
export const model = require('@backstage/catalog-model')

export const base = process.env.PRONTO_URL
export const forge = process.env.FORGE_URL
const token = process.env.PRONTO_TOKEN
if (!base || !forge || !token) throw new Error('PRONTO_URL, PRONTO_TOKEN and FORGE_URL are needed')

export const discoveryApi = { getBaseUrl: async plugin => `${base}/api/${plugin}` }
export const fetchApi = {
  fetch: (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
}

const host = new URL(forge).host
export const scmIntegrationsApi = ScmIntegrations.fromConfig(
  new ConfigReader({ integrations: { github: [{ host, apiBaseUrl: `${forge}/api/v3` }] } }),
)

// The client of the scaffolder was made for a browser: of it, it needs a
// document that is visible.
globalThis.window ??= globalThis
globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} }

/** Notes which methods of a client are called. */
export function watched(client) {
  const called = new Set()
  const proxy = new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value === 'function') called.add(name)
      return value
    },
  })
  return [proxy, called]
}

/** The methods of a client's class that no test has called. */
export function missed(client, called) {
  const helpers = ['constructor', 'requestIgnored', 'requestRequired', 'requestOptional', 'getFilterValue']
  return Object.getOwnPropertyNames(Object.getPrototypeOf(client)).filter(name => !called.has(name) && !helpers.includes(name))
}

/** Every event of a task, until the stream ends; `enough` may end it before. */
export const events = (scaffolder, taskId, enough = () => false) => new Promise((resolve, reject) => {
  const seen = []
  const subscription = scaffolder.streamLogs({ taskId }).subscribe({
    next(event) {
      seen.push(event)
      if (!enough(event)) return
      subscription.unsubscribe()
      resolve(seen)
    },
    error: reject,
    complete: () => resolve(seen),
  })
})

/** The event with which a task ended. */
export const completed = async (scaffolder, taskId) => (await events(scaffolder, taskId)).at(-1)

/** Reads a whole stream of pages. */
export async function all(pages) {
  const items = []
  for await (const page of pages) items.push(...page)
  return items
}

export const names = entities => entities.map(entity => entity.metadata.name).sort()
