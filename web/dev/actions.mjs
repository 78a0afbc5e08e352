// The actions that templates may name, as the mock tells of them.

/** actions is the answer of GET /v2/actions. */
export const actions = [
  {
    id: "fetch:template",
    description: "Downloads a skeleton, templates variables into the file and directory names and content, and places the result in the workspace.",
    examples: [{ description: "Fetch the skeleton beside the template", example: "steps:\n  - id: fetch\n    action: fetch:template\n    input:\n      url: ./skeleton\n      values:\n        name: ${{ parameters.name }}\n" }],
    schema: {
      input: { type: "object", required: ["url"], properties: { url: { title: "Fetch URL", description: "Relative to the template, or absolute", type: "string" }, targetPath: { title: "Target path", description: "Within the workspace", type: "string" }, values: { title: "Values", type: "object" }, copyWithoutTemplating: { title: "Copied as they are", type: "array", items: { type: "string" } } } },
      output: { type: "object", properties: {} },
    },
  },
  {
    id: "publish:github",
    description: "Makes a repository and pushes the workspace to it.",
    schema: { input: { type: "object", required: ["repoUrl"], properties: { repoUrl: { title: "Repository location", type: "string" }, defaultBranch: { title: "Default branch", type: "string", description: "master when nothing is said" }, repoVisibility: { type: "string", enum: ["private", "public", "internal"] } } }, output: { type: "object", properties: { remoteUrl: { title: "Address to clone from", type: "string" }, repoContentsUrl: { type: "string" }, commitHash: { type: "string" } } } },
  },
  { id: "catalog:register", description: "Registers an entity of the repository in the catalog.", schema: { input: { type: "object", properties: { repoContentsUrl: { type: "string" }, catalogInfoPath: { type: "string" } } } } },
  { id: "debug:log", description: "Writes a message to the task's log.", schema: { input: { type: "object", properties: { message: { type: "string" } } } } },
  { id: "fs:rename" },
];
