import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { CatalogClient, CATALOG_FILTER_EXISTS, all, discoveryApi, fetchApi, forge, missed, names, watched } from './clients.mjs'

const client = new CatalogClient({ discoveryApi, fetchApi })
const [catalog, called] = watched(client)
const target = `${forge}/apps/conformance/blob/main/catalog-info.yaml`
const blank = `${forge}/apps/blank`
const web = 'component:default/web'
let location

after(() => assert.deepEqual(missed(client, called), [], 'methods of the client that no test calls'))

const failed = async (promise, name, status) => {
  const error = await promise.then(() => assert.fail('it was not refused'), refused => refused)
  assert.equal(error.name, 'ResponseError')
  assert.equal(error.cause.name, name)
  assert.equal(error.response.status, status)
  return error.cause.message
}

test('a location is tried, registered, found and not registered twice', async () => {
  const tried = await catalog.addLocation({ target, dryRun: true })
  assert.equal(tried.exists, false)
  assert.deepEqual(names(tried.entities), ['ann', 'db', 'more', 'orders', 'shop', 'team', 'trade', 'web', 'worker'])
  assert.equal(await catalog.getEntityByRef(web), undefined)

  const made = await catalog.addLocation({ target })
  location = made.location
  assert.deepEqual(names(made.entities), names(tried.entities))
  assert.equal((await catalog.addLocation({ target, dryRun: true })).exists, true)
  assert.match(await failed(catalog.addLocation({ target }), 'ConflictError', 409), /already exists/)
  assert.equal((await catalog.addLocation({ target, onConflict: 'refresh' })).location.id, location.id)

  assert.deepEqual(await catalog.getLocationById(location.id), location)
  assert.equal(await catalog.getLocationById('none'), undefined)
  assert.deepEqual(await catalog.getLocationByRef(`url:${target}`), location)
  assert.deepEqual(await catalog.getLocationByEntity(web), location)
  assert.deepEqual((await catalog.getLocations()).items.filter(item => item.id === location.id), [location])
  assert.match(await failed(catalog.addLocation({ type: 'file', target: '/etc/passwd' }), 'InputError', 400), /pronto\.yaml/)
  assert.match(await failed(catalog.addLocation({ target: `${blank}/blob/main/none.yaml` }), 'InputError', 400), /is not there/)
})

test('locations are queried in pages', async () => {
  const query = { type: 'url', target: { $hasPrefix: `${forge}/apps/conf` } }
  const page = await catalog.queryLocations({ limit: 1, query })
  assert.deepEqual(page, { items: [location], totalItems: 1, pageInfo: {} })
  const other = await catalog.addLocation({ target: `${forge}/apps/conformance/blob/main/template/template.yaml` })
  const first = await catalog.queryLocations({ limit: 1, query })
  assert.equal(first.totalItems, 2)
  assert.deepEqual((await catalog.queryLocations({ cursor: first.pageInfo.nextCursor })).items, [other.location])
  assert.equal((await all(catalog.streamLocations({ limit: 1, query }))).length, 2)
  await catalog.removeLocationById(other.location.id)
})

test('entities are found by filters', async () => {
  const found = async filter => names((await catalog.getEntities({ filter })).items)
  assert.deepEqual(await found({ kind: 'component' }), ['web', 'worker'])
  assert.deepEqual(await found([{ kind: 'API' }, { kind: 'Component', 'spec.type': 'SERVICE' }]), ['orders', 'web'])
  assert.deepEqual(await found({ kind: ['api', 'system'], 'spec.owner': CATALOG_FILTER_EXISTS }), ['orders', 'shop'])
  assert.deepEqual(await found({ 'metadata.tags.express': 'true' }), ['web'])
  assert.deepEqual(await found({ 'metadata.tags': 'Express' }), ['web'])
  assert.deepEqual(await found({ kind: 'component', 'relations.ownedBy': 'group:default/team' }), ['web', 'worker'])
  assert.deepEqual(await found({ 'metadata.annotations.example.com/a.b': 'x' }), ['web'])
  assert.deepEqual(await found({ kind: 'none' }), [])
})

test('entities are projected, ordered and paged', async () => {
  const filter = { 'metadata.annotations.backstage.io/managed-by-origin-location': `url:${target}` }
  const fields = ['kind', 'metadata.name', 'metadata.annotations.example.com/a.b']
  const { items } = await catalog.getEntities({ filter: { ...filter, kind: 'component' }, fields, order: { field: 'metadata.name', order: 'desc' } })
  assert.deepEqual(items, [
    { kind: 'Component', metadata: { name: 'worker' } },
    { kind: 'Component', metadata: { name: 'web', annotations: { 'example.com/a.b': 'x' } } },
  ])
  const cut = await catalog.getEntities({ filter, order: { field: 'metadata.name', order: 'asc' }, offset: 1, limit: 1 })
  assert.deepEqual(cut.items.map(entity => entity.metadata.name), ['db'])

  const response = await fetchApi.fetch(`${await discoveryApi.getBaseUrl('catalog')}/entities?limit=1&filter=kind=component`)
  const after = new URL(/<(.*)>; rel="next"/.exec(response.headers.get('link'))[1], 'http://x').searchParams.get('after')
  assert.deepEqual(names((await catalog.getEntities({ after, filter: { kind: 'component' } })).items), ['worker'])
})

test('entities are queried with cursors, by filter and by predicate alike', async () => {
  for (const by of [{ filter: { kind: ['component', 'api', 'resource'] } }, { query: { kind: { $in: ['component', 'api', 'resource'] } } }]) {
    const first = await catalog.queryEntities({ ...by, orderFields: { field: 'metadata.name', order: 'asc' }, limit: 3, fields: ['metadata.name'] })
    assert.deepEqual(first.items.map(entity => entity.metadata.name), ['db', 'orders', 'web'])
    assert.equal(first.totalItems, 4)
    assert.equal(first.pageInfo.prevCursor, undefined)
    const second = await catalog.queryEntities({ cursor: first.pageInfo.nextCursor, fields: ['metadata.name'] })
    assert.deepEqual(second, { items: [{ metadata: { name: 'worker' } }], totalItems: 4, pageInfo: { prevCursor: second.pageInfo.prevCursor } })
    const back = await catalog.queryEntities({ cursor: second.pageInfo.prevCursor, fields: ['metadata.name'] })
    assert.deepEqual(back.items, first.items)
    assert.deepEqual(names(await all(catalog.streamEntities({ ...by, pageSize: 1 }))), ['db', 'orders', 'web', 'worker'])
    assert.equal((await catalog.queryEntities({ ...by, totalItems: 'exclude' })).totalItems, 0)
    assert.deepEqual(await catalog.queryEntities({ ...by, limit: 0 }).then(page => [page.items, page.totalItems]), [[], 4])
  }
})

test('predicates select what they say', async () => {
  const found = async query => names((await catalog.queryEntities({ query })).items)
  assert.deepEqual(await found({ $all: [{ kind: 'component' }, { $not: { 'spec.type': 'service' } }] }), ['worker'])
  assert.deepEqual(await found({ $any: [{ 'metadata.name': 'web' }, { 'metadata.name': { $hasPrefix: 'WORK' } }] }), ['web', 'worker'])
  assert.deepEqual(await found({ kind: 'component', 'spec.system': { $exists: false } }), ['worker'])
  assert.deepEqual(await found({ 'metadata.tags': { $contains: 'express' } }), ['web'])
  assert.deepEqual(await found({ relations: { $contains: { type: 'partOf', targetRef: 'system:default/shop' } } }), ['orders', 'web'])
  assert.deepEqual(await found({ relations: { $contains: { type: 'partOf', targetRef: { $in: ['domain:default/trade'] } } } }), ['shop'])
  assert.match(await failed(catalog.queryEntities({ query: { kind: { $near: 'x' } } }), 'InputError', 400), /kind/)
})

test('a term is searched for', async () => {
  const found = async fullTextFilter => names((await catalog.queryEntities({ filter: { kind: ['component', 'api'] }, fullTextFilter })).items)
  assert.deepEqual(await found({ term: 'SHOPFRONT' }), ['web'])
  assert.deepEqual(await found({ term: 'wor', fields: ['metadata.name'] }), ['worker'])
  assert.deepEqual(await found({ term: 'shopfront', fields: ['metadata.name'] }), [])
  const { items } = await catalog.queryEntities({ query: { kind: 'component' }, fullTextFilter: { term: 'shopfront' } })
  assert.deepEqual(names(items), ['web'])
})

test('entities are given by reference, null where there is none', async () => {
  const entityRefs = ['component:default/none', 'component:default/WORKER', web]
  const given = async more => (await catalog.getEntitiesByRefs({ entityRefs, fields: ['metadata.name'], ...more })).items.map(entity => entity?.metadata.name)
  assert.deepEqual(await given({}), [undefined, 'worker', 'web'])
  assert.deepEqual(await given({ filter: { 'spec.type': 'service' } }), [undefined, undefined, 'web'])
  assert.deepEqual(await given({ query: { 'spec.type': 'job' } }), [undefined, 'worker', undefined])
})

test('one entity is whole, with relations both ways', async () => {
  const entity = await catalog.getEntityByRef(web)
  assert.equal(entity.metadata.namespace, 'default')
  assert.match(entity.metadata.uid, /^[0-9a-f-]{36}$/)
  assert.match(entity.metadata.etag, /^[0-9a-f]{40}$/)
  assert.deepEqual(entity.relations.map(({ type, targetRef }) => `${type} ${targetRef}`), [
    'consumesApi api:default/orders', 'dependsOn resource:default/db', 'ownedBy group:default/team',
    'partOf system:default/shop', 'providesApi api:default/orders',
  ])
  assert.deepEqual(await catalog.getEntityByName({ kind: 'Component', name: 'web' }), entity)
  assert.equal(await catalog.getEntityByRef('component:default/none'), undefined)
  const api = await catalog.getEntityByRef({ kind: 'api', namespace: 'default', name: 'orders' })
  assert.match(api.spec.definition, /openapi: 3\.1\.0/)
  assert.deepEqual(api.relations.map(relation => relation.type), ['apiConsumedBy', 'apiProvidedBy', 'ownedBy', 'partOf'])
})

test('the way to an entity is told', async () => {
  const { rootEntityRef, items } = await catalog.getEntityAncestors({ entityRef: 'component:default/worker' })
  assert.equal(rootEntityRef, 'component:default/worker')
  assert.deepEqual(items.map(item => item.parentEntityRefs), [['location:default/more'], [location.entityRef], []])
  assert.equal(items[2].entity.spec.target, target)
  await failed(catalog.getEntityAncestors({ entityRef: 'component:default/none' }), 'NotFoundError', 404)
})

test('values are counted', async () => {
  const facets = ['kind', 'relations.ownedBy']
  const wanted = { kind: [{ value: 'API', count: 1 }, { value: 'Component', count: 2 }], 'relations.ownedBy': [{ value: 'group:default/team', count: 3 }] }
  assert.deepEqual((await catalog.getEntityFacets({ facets, filter: { kind: ['component', 'api'] } })).facets, wanted)
  assert.deepEqual((await catalog.getEntityFacets({ facets, query: { kind: { $in: ['component', 'api'] } } })).facets, wanted)
})

test('an entity is validated', async () => {
  const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name: 'x' }, spec: { owner: 'team' } }
  assert.deepEqual(await catalog.validateEntity(entity, 'url:https://host/path'), { valid: true })
  const told = await catalog.validateEntity({ ...entity, spec: {} }, 'url:https://host/path')
  assert.deepEqual(told, { valid: false, errors: [{ name: 'InputError', message: 'spec.owner is missing' }] })
  const typed = await catalog.validateEntity({ ...entity, metadata: { name: 'x', labels: { a: 1 } } }, 'url:https://host/path')
  assert.deepEqual(typed.errors.map(error => error.message), ['metadata.labels is of type number where a string is expected'])
  assert.equal((await catalog.validateEntity(entity, 'nowhere')).valid, false)
})

test('a repository is looked into before it is registered', async () => {
  const found = await catalog.analyzeLocation({ location: { type: 'url', target: `${forge}/apps/conformance` }, catalogFilename: 'catalog-info.yaml' })
  assert.deepEqual(found.generateEntities, [])
  assert.deepEqual(names(found.existingEntityFiles.map(file => file.entity)), ['ann', 'db', 'more', 'orders', 'shop', 'team', 'trade', 'web', 'worker'])
  assert.ok(found.existingEntityFiles.every(file => file.isRegistered && file.location.target === target))
  const none = await catalog.analyzeLocation({ location: { type: 'url', target: blank } })
  assert.deepEqual(none.existingEntityFiles, [])
  assert.equal(none.generateEntities[0].entity.metadata.name, 'blank')
  assert.equal(none.generateEntities[0].entity.metadata.annotations['github.com/project-slug'], 'apps/blank')
})

test('a push is in the catalog at once, and a refresh reads again', async () => {
  await fetch(process.env.PUSH_URL, { method: 'POST' })
  let entity
  for (const end = Date.now() + 10_000; entity?.metadata.title !== 'Pushed' && Date.now() < end;) entity = await catalog.getEntityByRef(web)
  assert.equal(entity.metadata.title, 'Pushed')
  await catalog.refreshEntity(web)
  await failed(catalog.refreshEntity('component:default/none'), 'NotFoundError', 404)
})

test('an entity is removed and comes back, a location moves and goes', async () => {
  const { metadata } = await catalog.getEntityByRef('component:default/worker')
  await catalog.removeEntityByUid(metadata.uid)
  assert.equal(await catalog.getEntityByRef('component:default/worker'), undefined)
  await catalog.refreshEntity(web)
  assert.ok(await catalog.getEntityByRef('component:default/worker'))

  const more = `${forge}/apps/conformance/blob/main/more.yaml`
  const moved = await catalog.updateLocation(location.id, { target: more })
  assert.equal(moved.id, location.id)
  assert.equal(moved.target, more)
  assert.equal(await catalog.getEntityByRef(web), undefined)
  assert.ok(await catalog.getEntityByRef('component:default/worker'))
  await catalog.removeLocationById(location.id)
  assert.equal(await catalog.getEntityByRef('component:default/worker'), undefined)
  await failed(catalog.removeLocationById(location.id), 'NotFoundError', 404)
})
