import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CatalogClient, ScaffolderClient, completed, discoveryApi, fetchApi, model, scmIntegrationsApi, templateEntityV1beta3Validator,
} from './clients.mjs'

const catalog = new CatalogClient({ discoveryApi, fetchApi })
const scaffolder = new ScaffolderClient({ discoveryApi, fetchApi, scmIntegrationsApi })

const validators = {
  Component: model.componentEntityV1alpha1Validator,
  API: model.apiEntityV1alpha1Validator,
  Resource: model.resourceEntityV1alpha1Validator,
  System: model.systemEntityV1alpha1Validator,
  Domain: model.domainEntityV1alpha1Validator,
  Group: model.groupEntityV1alpha1Validator,
  User: model.userEntityV1alpha1Validator,
  Location: model.locationEntityV1alpha1Validator,
  Template: templateEntityV1beta3Validator,
}

const policies = [
  new model.SchemaValidEntityPolicy(), new model.NoForeignRootFieldsEntityPolicy(), new model.FieldFormatEntityPolicy(),
]

test('every golden path makes a repository whose descriptor is taken', { timeout: 120_000 }, async () => {
  const { items } = await catalog.getEntities({ filter: { kind: 'template' } })
  assert.ok(items.length >= 4, `there are ${items.length} templates`)
  for (const { metadata } of items) {
    const values = { name: `of-${metadata.name}`, description: 'Made by a test', owner: 'group:default/developers' }
    const { taskId } = await scaffolder.scaffold({ templateRef: `template:default/${metadata.name}`, values })
    const last = await completed(scaffolder, taskId)
    assert.equal(last.body.message, 'Run completed with status: completed', JSON.stringify(last.body))
    assert.ok(await catalog.getEntityByRef(last.body.output.entityRef), metadata.name)
  }
})

test('every entity of the catalog is valid by the validators of Backstage', async () => {
  const { items } = await catalog.getEntities()
  assert.ok(items.length >= 8, `there are ${items.length}`)
  for (const kind of ['Component', 'Group', 'Location', 'User', 'Template']) assert.ok(items.some(entity => entity.kind === kind), `there is no ${kind}`)
  for (const { relations, status, ...entity } of items) {
    assert.equal(status, undefined)
    assert.ok((relations ?? []).every(relation => model.parseEntityRef(relation.targetRef)))
    const ref = model.stringifyEntityRef(entity)
    for (const policy of policies) await assert.doesNotReject(policy.enforce(entity), ref)
    assert.equal(await validators[entity.kind].check(entity), true, ref)
  }
})
