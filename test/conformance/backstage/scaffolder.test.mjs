import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { CatalogClient, ScaffolderClient, completed, discoveryApi, events, fetchApi, forge, missed, scmIntegrationsApi, watched } from './clients.mjs'

const identityApi = { getBackstageIdentity: async () => ({ userEntityRef: 'user:default/admin' }) }
const options = { discoveryApi, fetchApi, scmIntegrationsApi, identityApi }
const client = new ScaffolderClient(options)
const [scaffolder, called] = watched(client)
const [polling, polled] = watched(new ScaffolderClient({ ...options, useLongPollingLogs: true }))
const templateRef = 'template:default/conformance'

after(() => {
  for (const name of polled) called.add(name)
  assert.deepEqual(missed(client, called), [], 'methods of the client that no test calls')
})

const submit = async values => (await scaffolder.scaffold({ templateRef, values, secrets: { word: 'swordfish' } })).taskId

test('the form of a template is given', async () => {
  const schema = await scaffolder.getTemplateParameterSchema(templateRef)
  assert.equal(schema.title, 'Conformance')
  assert.equal(schema.steps[0].title, 'What to say')
  assert.deepEqual(schema.steps[0].schema.required, ['name'])
  await assert.rejects(scaffolder.getTemplateParameterSchema('template:default/none'), error => error.response.status === 404)
})

test('a task is run, and its events come by stream and by long poll', async () => {
  const taskId = await submit({ name: 'Ann' })
  for (const from of [scaffolder, polling]) {
    const seen = await events(from, taskId)
    const last = seen.at(-1)
    assert.equal(last.type, 'completion')
    assert.equal(last.body.message, 'Run completed with status: completed')
    assert.deepEqual(last.body.output.text, [{ title: 'Greeting', content: 'Hello Ann' }])
    assert.ok(seen.some(event => event.type === 'log' && event.body.stepId === 'greet' && event.body.status === 'completed'))
    assert.ok(seen.some(event => event.body.message.includes('Hello Ann')))
    assert.ok(seen.every(event => event.taskId === taskId && Number.isInteger(event.id)))
    assert.ok(!JSON.stringify(seen).includes('swordfish'))
  }
  const task = await scaffolder.getTask(taskId)
  assert.equal(task.status, 'completed')
  assert.equal(task.createdBy, 'user:default/admin')
  assert.ok(!JSON.stringify(task).includes('swordfish'))
  await assert.rejects(scaffolder.getTask('none'), error => error.response.status === 404)
})

test('values that the form refuses are refused with their path', async () => {
  const error = await submit({ name: 'x' }).catch(refused => refused)
  assert.match(error.message, /^Backend request failed, 400/)
  const { errors } = JSON.parse(error.message.slice(error.message.indexOf('{')))
  assert.equal(errors[0].path.at(-1), 'name')
})

test('tasks are listed', async () => {
  const owned = await scaffolder.listTasks({ filterByOwnership: 'owned', limit: 1, offset: 0 })
  assert.equal(owned.tasks.length, 1)
  assert.ok(owned.totalTasks >= 1)
  assert.ok((await scaffolder.listTasks({ filterByOwnership: 'all' })).tasks.length >= owned.tasks.length)
})

test('a task is cancelled', async () => {
  const taskId = await submit({ name: 'Waiting', seconds: 60 })
  await events(scaffolder, taskId, event => event.body.stepId === 'wait')
  await scaffolder.cancelTask(taskId)
  assert.equal((await completed(scaffolder, taskId)).type, 'completion')
  assert.equal((await scaffolder.getTask(taskId)).status, 'cancelled')
})

test('a task that failed is retried under its own id', async () => {
  const taskId = await submit({ name: 'Bob', fail: true })
  assert.equal((await completed(scaffolder, taskId)).body.message, 'Run completed with status: failed')
  assert.equal((await scaffolder.retry(taskId)).id, taskId)
  const seen = await events(scaffolder, taskId)
  assert.ok(seen.some(event => event.type === 'recovered'))
  assert.equal(seen.at(-1).type, 'completion')
})

test('a template is tried without being kept', async () => {
  const template = {
    apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template', metadata: { name: 'draft' },
    spec: {
      type: 'service', parameters: [{ title: 'One', required: ['name'], properties: { name: { type: 'string' } } }],
      steps: [{ id: 'files', action: 'fetch:template', input: { url: './skeleton', values: { name: '${{ parameters.name }}' } } }],
      output: { text: [{ title: 'Name', content: '${{ parameters.name }}' }] },
    },
  }
  const directoryContents = [{ path: 'skeleton/hello.txt', base64Content: Buffer.from('Hello ${{ values.name }}').toString('base64') }]
  const tried = await scaffolder.dryRun({ template, values: { name: 'Ann' }, secrets: {}, directoryContents })
  assert.deepEqual(tried.output.text, [{ title: 'Name', content: 'Ann' }])
  assert.equal(Buffer.from(tried.directoryContents.find(file => file.path === 'hello.txt').base64Content, 'base64').toString(), 'Hello Ann')
  assert.ok(tried.log.length > 0 && tried.log.every(entry => typeof entry.body.message === 'string'))
  assert.equal(tried.steps[0].id, 'files')
  await assert.rejects(scaffolder.dryRun({ template, values: {}, directoryContents }), error => error.response.status === 400)
})

test('actions and extensions are listed', async () => {
  const actions = await scaffolder.listActions()
  for (const id of ['fetch:template', 'fs:rename', 'debug:log', 'catalog:register', 'publish:github']) {
    assert.ok(actions.find(action => action.id === id)?.schema?.input, id)
  }
  const { filters, globals } = await scaffolder.listTemplatingExtensions()
  for (const name of ['parseRepoUrl', 'parseEntityRef', 'pick', 'projectSlug']) assert.ok(filters[name], name)
  assert.ok(globals.functions && globals.values)
})

test('a field is completed', async () => {
  const { results } = await scaffolder.autocomplete({ provider: 'github', resource: 'repositoriesWithOwner', token: 'none', context: {} })
  assert.ok(results.some(result => result.id === 'apps/conformance'), JSON.stringify(results))
})

test('a template of a repository is offered once it is registered', async () => {
  const catalog = new CatalogClient({ discoveryApi, fetchApi })
  await catalog.addLocation({ target: `${forge}/apps/conformance/blob/main/template/template.yaml` })
  const ref = 'template:default/from-repository'
  let schema
  for (const end = Date.now() + 10_000; !schema && Date.now() < end;) {
    schema = await scaffolder.getTemplateParameterSchema(ref).catch(error => assert.equal(error.response.status, 404))
  }
  assert.equal(schema.title, 'From a repository')
  const { taskId } = await scaffolder.scaffold({ templateRef: ref, values: { name: 'from afar' } })
  assert.ok((await events(scaffolder, taskId)).some(event => event.body.message.includes('from afar')))
})

test('the forges that a form may offer are told by the app', async () => {
  const { host } = new URL(forge)
  const { integrations } = await scaffolder.getIntegrationsList({ allowedHosts: [host] })
  assert.deepEqual(integrations, [{ type: 'github', title: host, host }])
})
