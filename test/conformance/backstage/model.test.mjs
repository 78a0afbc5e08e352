import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CatalogClient, discoveryApi, fetchApi, model, templateEntityV1beta3Validator } from './clients.mjs'

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

test('every entity of the catalog is valid by the validators of Backstage', async () => {
  const { items } = await new CatalogClient({ discoveryApi, fetchApi }).getEntities()
  assert.ok(items.length >= 8, `there are ${items.length}`)
  for (const kind of ['Group', 'User', 'Template']) assert.ok(items.some(entity => entity.kind === kind), `there is no ${kind}`)
  for (const { relations, status, ...entity } of items) {
    assert.equal(status, undefined)
    assert.ok((relations ?? []).every(relation => model.parseEntityRef(relation.targetRef)))
    const ref = model.stringifyEntityRef(entity)
    for (const policy of policies) await assert.doesNotReject(policy.enforce(entity), ref)
    assert.equal(await validators[entity.kind].check(entity), true, ref)
  }
})
