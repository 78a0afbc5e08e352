// The files of the mock's applications, and what becomes of a change to one.

import { createHash } from "node:crypto";
import { domain } from "./data.mjs";

const first = (name) => ({
  ".github/workflows/ci.yaml": "name: ci\non:\n  push:\n    branches: [main]\njobs:\n  build:\n    runs-on: linux\n    steps:\n      - uses: actions/checkout@v4\n      - run: node --test\n",
  ".gitignore": "node_modules\n",
  Dockerfile: "FROM base/node:22\nCOPY src /app/src\nCMD [\"node\", \"/app/src/server.js\"]\n",
  "README.md": `# ${name}\n\nSays hello to whoever asks.\n\n- \`npm test\` runs the tests\n- a push to **main** delivers\n`,
  "catalog-info.yaml": `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  lifecycle: production\n  owner: group:default/developers\n`,
  "deploy/deployment.yaml": `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  namespace: ${name}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: app\n          image: registry.${domain}/idp-${name}:none\n          readinessProbe:\n            httpGet: {path: /readyz, port: http}\n          resources:\n            requests: {cpu: 20m, memory: 48Mi}\n            limits: {memory: 192Mi}\n`,
  "deploy/ingress.yaml": `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: ${name}\nspec:\n  rules:\n    - host: ${name}.${domain}\n`,
  "deploy/service.yaml": `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  ports:\n    - port: 80\n`,
  "package.json": `{\n  "name": "${name}",\n  "type": "module",\n  "scripts": { "test": "node --test" }\n}\n`,
  "src/greeting.js": 'export const greeting = process.env.GREETING ?? "Hello";\n',
  "src/server.js": 'import { createServer } from "node:http";\nimport { greeting } from "./greeting.js";\n\n// Answers everybody alike.\nconst server = createServer((request, response) => {\n  response.end(`Hello from ${process.env.HOSTNAME}\\n`);\n});\n\nserver.listen(3000, () => console.log("listens on 3000"));\n',
  "public/logo.png": undefined,
});

const sha = (text) => createHash("sha1").update(text).digest("hex");

/** Repository is an application's files, with a revision that follows their content. */
export class Repository {
  constructor(name) {
    this.files = new Map(Object.entries(first(name)));
    this.revision = sha(name);
  }

  list() {
    const files = [...this.files].map(([path, content]) => ({ path, size: content?.length ?? 18_211 })).sort((a, b) => (a.path < b.path ? -1 : 1));
    return { revision: this.revision, files };
  }

  read(path) {
    if (!this.files.has(path)) return undefined;
    const content = this.files.get(path);
    return { path, sha: sha(content ?? path), size: content?.length ?? 18_211, binary: content === undefined, ...(content === undefined ? {} : { content }), revision: this.revision };
  }

  /** write gives the new commit, or undefined when the file is not as the caller saw it. */
  write({ path, content, sha: seen }) {
    if (this.read(path)?.sha !== seen) return undefined;
    this.files.set(path, content);
    this.revision = sha(this.revision + path + content);
    return { revision: this.revision, sha: sha(content) };
  }
}
