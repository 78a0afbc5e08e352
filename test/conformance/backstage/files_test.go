package backstage_test

// repositoryFiles are the files of the repository that the scripts register.
var repositoryFiles = map[string]string{
	"catalog-info.yaml": `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  title: The shopfront
  tags: [express]
  annotations: {example.com/a.b: x}
spec: {type: service, lifecycle: production, owner: team, system: shop, providesApis: [orders], consumesApis: [orders], dependsOn: ["resource:db"]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders}
spec: {type: openapi, lifecycle: production, owner: team, system: shop, definition: {$openapi: ./api/openapi.yaml}}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: team, domain: trade}
---
apiVersion: backstage.io/v1alpha1
kind: Domain
metadata: {name: trade}
spec: {owner: team}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: db}
spec: {type: database, owner: team}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team}
spec: {type: team, children: [], members: [ann]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ann}
spec: {memberOf: [team], profile: {displayName: Ann}}
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: more}
spec: {target: ./more.yaml}
`,
	"more.yaml": `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: worker}
spec: {type: job, lifecycle: production, owner: team}
`,
	"api/openapi.yaml": "openapi: 3.1.0\npaths: {}\n",
	"template/template.yaml": `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: from-repository, title: From a repository}
spec:
  type: service
  owner: team
  parameters: {properties: {name: {type: string}}}
  steps: [{id: say, action: "debug:log", input: {message: "${{ parameters.name }}"}}]
`,
}

// taskTemplate publishes nothing: it says something, may wait, and may fail.
const taskTemplate = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: conformance, title: Conformance, description: Says something}
spec:
  type: service
  owner: group:default/platform
  parameters:
    - title: What to say
      required: [name]
      properties:
        name: {type: string, minLength: 2}
        seconds: {type: integer, default: 0}
        fail: {type: boolean, default: false}
  steps:
    - id: greet
      name: Greet
      action: debug:log
      input: {message: "Hello ${{ parameters.name }}"}
    - id: wait
      name: Wait
      if: ${{ parameters.seconds }}
      action: debug:wait
      input: {seconds: "${{ parameters.seconds }}"}
    - id: fail
      name: Fail
      if: ${{ parameters.fail }}
      action: fs:rename
      input: {files: [{from: none, to: some}]}
  output:
    text:
      - {title: Greeting, content: "Hello ${{ parameters.name }}"}
`
