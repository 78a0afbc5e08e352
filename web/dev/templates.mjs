// Templates of the mock: their entities and their forms.

import { form as nodejs } from "./data.mjs";

const name = { title: "Name", type: "string", pattern: "^[a-z](-?[a-z0-9])*$", maxLength: 40, "ui:autofocus": true, "ui:placeholder": "hello", "ui:help": "1 to 40 of a-z, 0-9 and single dashes, beginning with a letter." };
const owner = { title: "Owner", type: "string", description: "The group that looks after it.", default: "group:default/developers", "ui:field": "OwnerPicker", "ui:options": { catalogFilter: { kind: ["Group"] } } };

/** everything is a form with each of the features that templates may use. */
const everything = {
  title: "Everything a form can ask",
  description: "A template for those who write templates: one of each kind of field.",
  presentation: { buttonLabels: { createButtonText: "Try it", reviewButtonText: "Look it over" } },
  steps: [
    {
      title: "Texts and choices",
      description: "What most templates ask for.",
      schema: {
        required: ["component", "kind"],
        properties: {
          component: { title: "Component name", type: "string", "ui:field": "EntityNamePicker", "ui:autofocus": true },
          about: { title: "About", type: "string", "ui:widget": "textarea", "ui:options": { rows: 4 }, "ui:help": "Markdown is fine." },
          kind: { title: "Kind", type: "string", enum: ["web", "job"], enumNames: ["Web service", "Scheduled job"], default: "web", "ui:widget": "radio" },
          languages: { title: "Languages", type: "array", items: { type: "string", enum: ["go", "rust", "python"] }, uniqueItems: true, "ui:widget": "checkboxes" },
          size: { title: "Size", type: "integer", minimum: 1, maximum: 10, default: 3, "ui:widget": "range" },
          until: { title: "Needed until", type: "string", format: "date" },
          tracing: { title: "Tracing", type: "boolean", default: false },
        },
        dependencies: { kind: { oneOf: [{ properties: { kind: { enum: ["web"] }, port: { title: "Port", type: "integer", default: 8080 } } }, { properties: { kind: { enum: ["job"] }, schedule: { title: "Schedule", type: "string", "ui:placeholder": "*/5 * * * *" } }, required: ["schedule"] }] } },
      },
    },
    {
      title: "From the catalog",
      schema: {
        required: ["owner"],
        properties: {
          owner,
          system: { title: "System", type: "string", "ui:field": "EntityPicker", "ui:options": { catalogFilter: { kind: "System" }, defaultKind: "System" } },
          uses: { title: "Depends on", type: "array", items: { type: "string" }, "ui:field": "MultiEntityPicker", "ui:options": { catalogFilter: { kind: ["Component", "Resource"] } } },
          tags: { title: "Tags", type: "array", items: { type: "string" }, "ui:field": "EntityTagsPicker", "ui:options": { kinds: ["Component"], showCounts: true } },
          repoUrl: { title: "Repository", type: "string", "ui:field": "RepoUrlPicker", "ui:options": { allowedOwners: ["apps", "tools"] } },
        },
      },
    },
    {
      title: "Lists and secrets",
      schema: {
        properties: {
          variables: { title: "Variables", type: "array", items: { type: "object", properties: { key: { title: "Key", type: "string" }, value: { title: "Value", type: "string" } }, required: ["key"] } },
          labels: { title: "Labels", type: "object", additionalProperties: { type: "string" } },
          token: { title: "Token", type: "string", "ui:field": "Secret", description: "Is never kept." },
          odd: { title: "Colour", type: "string", "ui:field": "ColourWheel" },
        },
      },
    },
  ],
};

const short = (title) => ({ title, steps: [{ title: "The application", schema: { required: ["name"], properties: { name, owner } } }] });

/** forms are the templates' forms by name. */
export const forms = { nodejs, go: short("Go service"), python: short("Python service"), static: short("Static site"), everything };

const template = (name, title, description, tags, type, steps) => ({
  apiVersion: "scaffolder.backstage.io/v1beta3",
  kind: "Template",
  metadata: { name, namespace: "default", uid: `uid-${name}`, title, description, tags, annotations: { "backstage.io/managed-by-location": name === "everything" ? "url:https://git.pronto.localhost/apps/templates/blob/main/everything/template.yaml" : "builtin:pronto" } },
  spec: { type, owner: "group:default/platform", steps },
  relations: [{ type: "ownedBy", targetRef: "group:default/platform" }],
});

const publish = [{ action: "fetch:template" }, { action: "publish:github" }, { action: "catalog:register" }];

/** templates are the Template entities. */
export const templates = [
  template("nodejs", "Node.js service", "An HTTP service on Node.js, live at its own address in seconds, with tests, image, manifests and pipeline.", ["nodejs", "service", "recommended"], "service", publish),
  template("go", "Go service", "A small HTTP service in Go, from source to its address, with health, metrics and graceful end.", ["go", "service"], "service", publish),
  template("python", "Python service", "A service in Python with type checks and tests, that answers at its own address.", ["python", "service"], "service", publish),
  template("static", "Static site", "Pages that are built once and served from everywhere.", ["html", "website"], "website", publish),
  template("everything", "Everything a form can ask", "A template for those who write templates: one of each kind of field.", ["example", "documentation"], "documentation", [{ action: "debug:log" }]),
];
